import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {isAcknowledged, type Latch} from '../../audience/latch.ts';
import type {Split} from '../../release/split.ts';
import {openLatch, readLatch, setLatch} from '../../router/latch-file.ts';
import {readRemembered} from '../../router/remembered.ts';
import {stateFolder} from '../../store/open.ts';
import {readStamp} from './actor.ts';
import type {Call} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import {checkFeature} from '../session/feature.ts';
import type {Session} from '../session/session.ts';
import type {Settings} from '../session/settings.ts';

/** How often a guard looks whether a rollback waits on its host, in milliseconds. */
const LOOK_EVERY_MS = 1000;

/** What routers of this host remember of a release. */
interface Remembered {
  feature: string;
  split: Split;
  version: number;
}

/**
 * `rollback --offline`: sets the latch of this host without asking the store. The release is the one that is named, or
 * the one that a router of this host saw last.
 * @throws Failure exit codes 1 and 2
 */
export async function setOfflineLatch(call: Call, settings: Settings): Promise<Latch> {
  const {flags} = call;
  const {by, reason} = readStamp(flags);
  const folder = stateFolder(process.env);
  const known = await rememberedIn(folder);
  const feature = featureOf(settings.feature, known);
  const seen = known
    .filter(one => one.feature === feature)
    .toSorted((one, other) => other.version - one.version);
  const release = flags.release ?? seen.find(({split}) => split.release !== null)?.split.release ?? null;
  if (release === null)
    throw usage(
      `no router of this host remembers a release of ${feature}`,
      'graydeck rollback --offline --release ID --feature NAME, or where its agent runs: XDG_STATE_HOME',
      'which-release',
    );
  const schema = 'graydeck.latch/1';
  const latch: Latch = {schema, feature, release, by: by.name, reason: reason ?? null, at: Date.now()};
  if (flags.dryRun) return latch;
  try {
    await setLatch(folder, latch);
  } catch (error) {
    const {code = 'unknown'} = error as NodeJS.ErrnoException;
    throw new Failure(
      EXIT.fault,
      'latch',
      `the latch cannot be written in ${folder} (${code})`,
      'as who runs the agent',
    );
  }
  return latch;
}

function featureOf(named: string | null, known: readonly Remembered[]): string {
  if (named !== null) return checkFeature(named);
  const [only, ...others] = new Set(known.filter(({split}) => split.live).map(({feature}) => feature));
  if (only !== undefined && others.length === 0) return only;
  throw usage('which feature is meant?', 'graydeck rollback --offline --feature NAME', 'which-feature');
}

async function rememberedIn(folder: string): Promise<Remembered[]> {
  const names = await readdir(join(folder, 'splits')).catch(() => []);
  const files = names.filter(name => name.endsWith('.json')).slice(0, 10_000);
  const read = await Promise.all(files.map(name => readRemembered(join(folder, 'splits', name))));
  return read.flatMap(known => {
    if (known?.commit === null || known === null) return [];
    const {split, version} = known.commit;
    return [{feature: split.feature, split, version}];
  });
}

/**
 * Submits a rollback that waits on this host, before any other command of the feature. The store was
 * away when an operator asked for it.
 */
export async function submitLatch(
  {feature, controller}: Pick<Session, 'feature' | 'controller'>,
  say: (line: string) => void,
): Promise<void> {
  const reading = await readLatch(stateFolder(process.env), feature.feature);
  if (reading.kind !== 'set') return;
  const {release, by, reason} = reading.latch;
  if (isAcknowledged(reading.latch, controller.snapshot().split)) {
    // Routers of this host have read the commit by now, or remember the release; some hosts have none.
    await openLatch(stateFolder(process.env), feature.feature).catch(() => undefined);
    return;
  }
  const name = by === '' ? 'offline' : by;
  const why = reason === null ? 'rolled back without the store' : reason;
  const outcome = await controller.execute(
    {type: 'rollback', release, isLatched: true},
    {by: {name, kind: 'person'}, reason: why},
  );
  if (outcome.kind === 'done')
    say(`${feature.feature}: the rollback that waited on this host is in the log now`);
  if (outcome.kind === 'refused')
    say(`${feature.feature}: the rollback that waits on this host is refused: ${outcome.refusal.message}`);
}

/** Submits what waits on this host, now and whenever something does, until the signal aborts. Never rejects. */
export async function submitLatches(
  means: Pick<Session, 'feature' | 'controller'>,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let said = '';
  const once = (line: string) => {
    if (line !== said) say(line);
    said = line;
  };
  while (!signal.aborted) {
    // The store may be away: then it waits on.
    await means.controller
      .ready()
      .then(() => submitLatch(means, once))
      .catch(() => undefined);
    await pause(LOOK_EVERY_MS, undefined, {signal}).catch(() => undefined);
  }
}
