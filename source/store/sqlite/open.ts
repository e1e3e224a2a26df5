import {statSync} from 'node:fs';
import {userInfo} from 'node:os';
import type {Identity} from '../../release/command.ts';
import {checkFeatureName} from '../feature-name.ts';
import type {
  FeatureStore,
  FeatureView,
  OperatorStore,
  RouterStore,
  RoutingStore,
  StoreByRole,
  StoreHealth,
  StoreRole,
  ViewStore,
} from '../port.ts';
import type {SqliteTarget} from '../url.ts';
import {Database} from './database.ts';
import {
  feedbackReader,
  freezeReader,
  freezeWriter,
  outputReader,
  shareKeeper,
  shareReader,
  summaryKeeper,
  summaryReader,
  writeFeedback,
  writeOutput,
} from './documents.ts';
import {listFeatures} from './schema.ts';
import {leaseKeeper, leaseReader} from './lease.ts';
import {logReader, logWriter} from './log.ts';
import {
  mendStreams,
  readStreamClocks,
  rollUpReader,
  rollUpWriter,
  sampleReader,
  sampleWriter,
} from './samples.ts';
import {forgetRouter, routerRegistry, writeReport} from './routers.ts';

/**
 * Opens the embedded store. Every role except the viewer creates the file if there is none. A viewer's file is opened for
 * reading only, and its store has no method that writes.
 * @throws StoreFault `store-not-ours`, `store-no-rights`, `store-full`, `store-unreachable`.
 */
export async function openSqlite<R extends StoreRole>(
  target: SqliteTarget,
  role: R,
): Promise<StoreByRole[R]> {
  const {path, label} = target;
  // An application has to be able to end while its SDK follows.
  const database = new Database({path, label, readOnly: role === 'viewer', keepAlive: role !== 'router'});
  try {
    await database.read(listFeatures);
  } catch (error) {
    database.close();
    throw error;
  }
  const stores: {[Role in StoreRole]: () => StoreByRole[Role]} = {
    viewer: (): ViewStore => ({
      ...base(database, target),
      freezes: freezeReader(database),
      feature: name => view(database, checkFeatureName(name)),
    }),
    operator: (): OperatorStore => ({
      ...base(database, target),
      freezes: {...freezeReader(database), ...freezeWriter(database)},
      feature: name => operate(database, checkFeatureName(name)),
    }),
    router: (): RoutingStore => ({
      ...base(database, target),
      feature: name => route(database, checkFeatureName(name)),
    }),
  };
  return stores[role]();
}

function base(database: Database, {path, label}: SqliteTarget): Omit<ViewStore, 'feature' | 'freezes'> {
  const caution = cautionOf(path, label);
  return {
    kind: 'sqlite',
    label,
    identity: identityOf(path, label),
    ...(caution === null ? {} : {caution}),
    // The file is on a local disk: all processes that share it have one clock.
    now: () => Date.now(),
    health: healthReader(database),
    features: () => database.read(listFeatures),
    close: async () => database.close(),
  };
}

function view(database: Database, feature: string): FeatureView {
  return {
    feature,
    log: logReader(database, feature),
    samples: sampleReader(database, feature),
    rollUps: rollUpReader(database, feature),
    routers: routerRegistry(database, feature),
    feedback: feedbackReader(database, feature),
    outputs: outputReader(database, feature),
    shares: shareReader(database, feature),
    summary: summaryReader(database, feature),
    lease: leaseReader(database, feature),
    streamClocks: () => readStreamClocks(database, feature),
  };
}

function operate(database: Database, feature: string): FeatureStore {
  return {
    feature,
    log: {...logReader(database, feature), ...logWriter(database, feature)},
    samples: {...sampleReader(database, feature), ...sampleWriter(database, feature)},
    rollUps: {...rollUpReader(database, feature), ...rollUpWriter(database, feature)},
    routers: routerRegistry(database, feature),
    feedback: {
      ...feedbackReader(database, feature),
      write: text => writeFeedback(database, feature, text),
    },
    outputs: {
      ...outputReader(database, feature),
      write: output => writeOutput(database, feature, output),
    },
    shares: shareKeeper(database, feature),
    summary: summaryKeeper(database, feature),
    lease: leaseKeeper(database, feature),
    streamClocks: () => readStreamClocks(database, feature),
    mendStreams: () => mendStreams(database, feature),
  };
}

function route(database: Database, feature: string): RouterStore {
  const {head, follow} = logReader(database, feature);
  return {
    feature,
    head,
    follow,
    report: report => writeReport(database, feature, report),
    leave: name => forgetRouter(database, feature, name),
    writeSamples: sampleWriter(database, feature).write,
    writeFeedback: text => writeFeedback(database, feature, text),
  };
}

function healthReader(database: Database): () => Promise<StoreHealth> {
  let awaySince: number | null = null;
  return async () => {
    const began = performance.now();
    try {
      await database.read(listFeatures);
      awaySince = null;
      return {state: 'up', pingMs: performance.now() - began};
    } catch (error) {
      awaySince ??= Date.now();
      const why = error instanceof Error ? error.message : String(error);
      return {state: 'away', why, sinceMs: Date.now() - awaySince};
    }
  };
}

/** A warning if every user may write to the file, and so command its releases; else null. */
function cautionOf(path: string, label: string): string | null {
  const mode = statSync(path, {throwIfNoEntry: false})?.mode ?? 0;
  if (process.platform === 'win32' || (mode & 0o002) === 0) return null;
  return `every user of this machine may write to ${label}, and so command its releases: chmod o-w takes that away`;
}

/** The user of the operating system. If the file is writable for its owner only, no other user can act. */
function identityOf(path: string, label: string): Identity {
  const name = `os:${userName()}`;
  const mode = statSync(path, {throwIfNoEntry: false})?.mode ?? 0;
  const isOwners = process.platform !== 'win32' && (mode & 0o022) === 0;
  return {name, shared: isOwners ? `only ${name.slice(3)} may write to ${label}` : null};
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as containers like to have.
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
