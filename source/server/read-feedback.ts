import type {Feedback} from '../analysis/feedback/feedback.ts';
import {HttpProblem} from './problem.ts';
import {feedbackOfBody, feedbackShape} from './schemas.ts';

/**
 * Parses the body of a feedback request: the feedback, and the feature that it names. @throws HttpProblem 400 or
 * 415
 */
export async function readFeedbackBody(
  type: string | undefined,
  text: () => Promise<string>,
): Promise<{feedback: Feedback; feature: string | undefined}> {
  if (!/^application\/json\s*(;|$)/iu.test(type ?? ''))
    throw new HttpProblem(415, 'no-json', 'feedback must be JSON', 'Content-Type: application/json');
  let body: unknown;
  try {
    body = JSON.parse(await text());
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new HttpProblem(
        400,
        'bad-input',
        'the body is no JSON',
        'GET /api/v1/openapi.json shows its shape',
      );
    throw error;
  }
  const read = feedbackShape.safeParse(body);
  if (read.success) return {feedback: feedbackOfBody(read.data), feature: read.data.feature};
  const mistakes = read.error.issues
    .slice(0, 20)
    .map(({path, message}) => ({field: path.map(String).join('.'), message}));
  const [first] = mistakes;
  const message = first === undefined || first.field === '' ? 'the body' : first.field;
  throw new HttpProblem(400, 'bad-input', `${message}: ${first?.message ?? ''}`, 'see mistakes', {mistakes});
}
