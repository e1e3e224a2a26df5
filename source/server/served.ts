import type {GivenFeedback} from '../analysis/feedback/feedback.ts';
import type {ControllerView} from '../controller/outcome.ts';
import type {Commit} from '../release/commit.ts';
import type {StoreHealth} from '../store/port.ts';

/** What is known of a feature beside its log; an unknown number is null. Percents 0–100. */
export interface FeatureFacts {
  percent: {set: number; applied: number | null; observed: number | null};
  routers: {live: number | null; confirmed: number | null; silent: number | null};
  /** By side, over the window of `status`. */
  sides: Readonly<Record<'prod' | 'gray', Readonly<Record<string, number | null>>>>;
  /** How strongly gray looks worse than prod, as logarithms to the base 10; null: nothing was weighed. */
  evidence: {
    /** Over all metrics, and what it has to reach. */
    all: number;
    limit: number;
    metrics: readonly {metric: string; log10: number}[];
  } | null;
  /** A guard is there. */
  isGuarded: boolean;
}

/** A feature as the server hands it out. Wired by the command line; nothing in it can command. */
export interface ServedFeature {
  readonly name: string;
  readonly view: ControllerView;
  /** The document of `status` as JSON, not older than a moment. `mayAct`: for one who may act, with what hooks say. */
  status(mayAct: boolean): string;
  facts(): FeatureFacts;
  /** A commit as the log's followers are told it, as JSON on one line. `mayAct`: with commands of hooks and ids of people. */
  commit(commit: Commit, mayAct: boolean): string;
  /** What people have said, as far as kept, oldest first. @throws StoreFault */
  feedback(): Promise<readonly GivenFeedback[]>;
  /** @throws StoreFault */
  writeFeedback(text: string): Promise<void>;
}

/** All that is served. */
export interface Served {
  names(): string[];
  get(name: string): ServedFeature | null;
  health(): StoreHealth;
}
