import type {GivenFeedback} from '../analysis/feedback/feedback.ts';
import type {ControllerView} from '../controller/outcome.ts';
import type {Commit} from '../release/commit.ts';
import type {StoreHealth} from '../store/port.ts';

/** Facts about a feature apart from its log. Unknown numbers are null; percents are 0–100. */
export interface FeatureFacts {
  percent: {set: number; applied: number | null; observed: number | null};
  routers: {live: number | null; confirmed: number | null; silent: number | null};
  /** By side, over the window of `status`. */
  sides: Readonly<Record<'prod' | 'gray', Readonly<Record<string, number | null>>>>;
  /** Evidence that gray is worse than prod, as powers of ten; null if none is gathered. */
  evidence: {
    /** Over all metrics, and the limit at which the guard acts. */
    all: number;
    limit: number;
    metrics: readonly {metric: string; log10: number}[];
  } | null;
  /** Whether a guard is running. */
  isGuarded: boolean;
}

/** A feature as the server shows it. The command line wires it; it has no commands. */
export interface ServedFeature {
  readonly name: string;
  readonly view: ControllerView;
  /** The `status` document as JSON, at most a moment old. `mayAct`: with the errors of hooks. */
  status(mayAct: boolean): string;
  facts(): FeatureFacts;
  /** A commit as one line of JSON for followers. `mayAct`: with commands of hooks and ids of people. */
  commit(commit: Commit, mayAct: boolean): string;
  /** Stored feedback, oldest first. @throws StoreFault */
  feedback(): Promise<readonly GivenFeedback[]>;
  /** @throws StoreFault */
  writeFeedback(text: string): Promise<void>;
}

/** All features that are served. */
export interface ServedFeatures {
  names(): string[];
  get(name: string): ServedFeature | null;
  health(): StoreHealth;
}
