import type {CustomRules} from '../audience/rule.ts';

/**
 * A registry of prom-client. Only its shape is named here, so that an application without prom-client can check the types
 * of this package.
 */
export interface MetricsRegistry {
  readonly contentType: string;
  metrics(): Promise<string>;
  clear(): void;
}

/** Options of `connect`. All may be left out. */
export interface DeckOptions {
  /** Address of the store. Default: `GRAYDECK_STORE`, else the embedded store of this host. */
  store?: string;
  /** Name of this process for people, for example `web-3`. Default: the host's name and the process id. */
  instance?: string;
  /** Metrics, apart from `response_time`, that are distributions: every value is kept, not their sum. */
  distributions?: readonly string[];
  /** Metrics that are gauges: only the newest value counts. */
  gauges?: readonly string[];
  /**
   * Folder for the last split, which serves a start without the store, and for the latch of an offline
   * rollback; false for none. Default: the user's state folder.
   */
  stateFolder?: string | false;
  /** Registry of prom-client that gets the numbers of this SDK, by side. */
  registry?: MetricsRegistry;
  /** Receives a sentence when a fault begins, once for each fault. Write it to your log. */
  onTrouble?: (what: string) => void;
  /** Source of the store's address and password. Default: the environment of the process. */
  env?: Readonly<Record<string, string | undefined>>;
}

export interface FeatureOptions {
  /** Predicates that a plan names by `custom:`. A predicate that throws counts as false. */
  custom?: CustomRules;
  /**
   * Receives a line for each decision: time, user, feature, side, address. It costs more time than the
   * decision itself.
   */
  decisionLog?: (line: string) => void;
}
