import type {Registry} from 'prom-client';
import type {CustomRules} from '../audience/rule.ts';

/** How an application takes part. Everything may be left out. */
export interface DeckOptions {
  /** Address of the store; else `GRAYDECK_STORE`, else the embedded store of this host. */
  store?: string;
  /** A name of this process for people: `web-3`; else the host's name and the process id. */
  instance?: string;
  /** Metrics beside `response_time` that are distributions: of these every value counts, not their sum. */
  distributions?: readonly string[];
  /** Metrics of which the newest value counts. */
  gauges?: readonly string[];
  /**
   * Where the last split is kept for a start without the store, and where a rollback made without it lies; false:
   * nowhere. Else the state folder of this user.
   */
  stateFolder?: string | false;
  /** A registry of prom-client: it gets the numbers of this SDK, by side. */
  registry?: Registry;
  /** Told what is wrong, once each time it begins: a line for your log. Must not throw. */
  onTrouble?: (what: string) => void;
  /** Where the address and its password are read from; else the environment of the process. */
  env?: Readonly<Record<string, string | undefined>>;
}

export interface FeatureOptions {
  /** Predicates that a plan names by `custom:`. One that throws says no. */
  custom?: CustomRules;
  /** Takes a line for each decision: time, user, feature, side, address. Costs more than the decision itself. */
  decisionLog?: (line: string) => void;
}
