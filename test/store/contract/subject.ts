import {randomUUID} from 'node:crypto';
import {afterEach} from 'vitest';
import type {LogEntry} from '../../../source/store/chain.ts';
import type {OperatorStore, StoreByRole, StoreRole} from '../../../source/store/port.ts';

/** What only some stores can suffer. A subject either provokes it or says why it cannot happen. */
export type Suffering = 'away' | 'lostReply';

/** A kind of store under test: a real one, with ways to hurt it. */
export interface Subject {
  name: string;
  /** For `openStore`, here and in child processes. */
  address: string;
  /** What child processes need beside the address. */
  env?: Record<string, string>;
  open<R extends StoreRole>(role: R): Promise<StoreByRole[R]>;
  /** Past the port, as a failover, an intruder or a slip of the hand would do it. */
  raw: {
    readLog(feature: string): Promise<LogEntry[]>;
    /** Puts these entries in the place of the whole log; none: the log is deleted. */
    rewriteLog(feature: string, entries: LogEntry[]): Promise<void>;
    /** A sample entry that says it was written at `at`, or as soon after as the order of the stream allows. */
    putSample(feature: string, at: number, fields: string[]): Promise<void>;
  };
  /** Ends and starts again whatever serves the store, with its data; left out where nothing serves it. */
  restart?(): Promise<void>;
  /** Makes the store unreachable and reachable again. */
  away?: {begin(): Promise<void>; end(): Promise<void>};
  /** A store whose next write, after `loseNext`, is carried out while its reply gets lost. */
  lostReply?: {open(): Promise<OperatorStore>; loseNext(): void};
  /** Why it cannot suffer what it does not provoke. */
  cannot: Partial<Record<Suffering, string>>;
}

/** Opens stores that are closed after the test. */
export function opener(subject: () => Subject): <R extends StoreRole>(role: R) => Promise<StoreByRole[R]> {
  const opened: {close(): Promise<void>}[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(store => store.close()));
  });
  return async role => {
    const store = await subject().open(role);
    opened.push(store);
    return store;
  };
}

/** A feature that no other test has used. */
export function newFeature(): string {
  return `f-${randomUUID().slice(0, 8)}`;
}
