/** What the form holds, as `POST /api/v1/canary/feedback` takes it. */
export interface FeedbackDetail {
  feature?: string;
  type: 'bug' | 'suggestion' | 'experience' | 'performance';
  message: string;
  rating: 1 | 2 | 3 | 4 | 5;
  deployment_phase: string;
  deployment_version: string;
  user_id?: string;
}

/** The element `<graydeck-feedback>`. Importing the module defines it. */
export declare class GraydeckFeedback {
  /** Opens the form. */
  show(): void;
}
