import type {GivenFeedback} from '../analysis/feedback/feedback.ts';
import type {DeclaredMetrics} from '../analysis/metric-table.ts';
import type {Controller, ControllerView} from '../controller/outcome.ts';
import type {Intent} from '../release/command.ts';
import type {Commit} from '../release/commit.ts';
import type {Plan} from '../release/plan.ts';
import type {FeatureView, FreezeReader, FreezeWriter, StoreHealth, ViewStore} from '../store/port.ts';
import {HttpProblem} from './problem.ts';
import type {Client} from './tokens.ts';

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

/** A feature as the server shows it. The command line wires it. */
export interface ServedFeature {
  readonly name: string;
  readonly view: ControllerView;
  /** The feature in the store, for clients that look through this server instead of a store. */
  readonly raw: FeatureView;
  /** Carries out commands; null: this server only reads. */
  readonly controller: Controller | null;
  /** Told before a command is written: this server runs the steps that it begins. */
  mayBeginSteps(intent: Intent): void;
  /** The `status` document as JSON, at most a moment old. `mayAct`: with the errors of hooks. */
  status(mayAct: boolean): string;
  facts(): FeatureFacts;
  /** A commit as one line of JSON for followers. `mayAct`: with commands of hooks and ids of people. */
  commit(commit: Commit, mayAct: boolean): string;
  /** Stored feedback, oldest first. @throws StoreFault */
  feedback(): Promise<readonly GivenFeedback[]>;
  /** @throws StoreFault */
  writeFeedback(text: string): Promise<void>;
  /** Metrics whose names do not say their kind. */
  readonly declared: DeclaredMetrics;
  /** Writes entries of samples: alternating names and values, checked. @throws StoreFault */
  writeSamples(entries: string[][]): Promise<void>;
}

/** All features that are served. */
export interface ServedFeatures {
  readonly store: Pick<ViewStore, 'kind' | 'freezes' | 'now'>;
  names(): string[];
  get(name: string): ServedFeature | null;
  health(): StoreHealth;
}

/** Returns the named feature, or the only one. @throws HttpProblem 400 or 404 */
export function featureOf(served: ServedFeatures, name: string | undefined): ServedFeature {
  const names = served.names();
  const [only] = names;
  if (name === undefined && names.length !== 1) {
    const message = names.length === 0 ? 'there is no feature yet' : `there are ${names.length} features`;
    throw new HttpProblem(400, 'which-feature', message, '?feature=NAME');
  }
  const found = served.get(name ?? only ?? '');
  if (found !== null) return found;
  throw new HttpProblem(404, 'no-feature', 'no feature has this name', '?feature=NAME');
}

/** What commands need beyond the features. */
export interface Operating {
  /** Opens a feature for its first release; null: this server does not serve one of this name. @throws StoreFault */
  open(feature: string): Promise<ServedFeature | null>;
  freezes: FreezeReader & FreezeWriter;
  /** The store's clock, milliseconds since 1970. */
  now(): number;
  /** Reads a plan as written; null: the plan of the project, else the built-in one. */
  planFor(
    feature: string,
    text: string | null,
  ): Promise<{ok: true; plan: Plan} | {ok: false; mistakes: {field: string; message: string}[]}>;
  /** The plan with the raise hours of the project. */
  bound(plan: Plan): Plan;
  /** Why several people may act by this token, in words; null if nothing says so. */
  sharedBy(client: Client): string | null;
}

/** An attempt to act, for the audit of the server. Holds no token and no text of the caller. */
export interface Attempt {
  /** Name of the token. */
  client: string;
  address: string;
  command: string;
  /** `done`, `nothing`, `refused`, `forbidden` or `failed`. */
  outcome: string;
  code?: string;
}
