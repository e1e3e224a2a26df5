import {setTimeout as pause} from 'node:timers/promises';
import type {Actor, Command, Identity, Intent, Stamp} from '../release/command.ts';
import {SCHEMA, type Commit} from '../release/commit.ts';
import {decide} from '../release/decide/decide.ts';
import {deriveSplit} from '../release/derive-split.ts';
import type {Event} from '../release/event.ts';
import type {Freeze} from '../release/freeze.ts';
import {evolveCommit} from '../release/evolve/evolve.ts';
import {isNumber, isRecord, isText} from '../release/shape.ts';
import {fromJson, toJson} from '../release/well-formed.ts';
import {RollbackFault, StoreFault} from '../store/fault.ts';
import type {LogReader, LogWriter} from '../store/port.ts';
import {fold, type Folded} from './fold.ts';
import {commitId, newAlertId, newNonce} from './ids.ts';
import type {Controller, ExecuteOptions, Outcome} from './outcome.ts';
import {followFeature, type ViewSource} from './view.ts';

/**
 * Most tries of a command whose log entry others keep winning. A rollback is tried far longer, because it
 * must not lose.
 */
const TRIES = 50;
const ROLLBACK_TRIES = 10_000;
/** Key of the alert about entries that were put aside. */
export const LOG_KEY = 'log';

/** What the controller needs of a store: a log to write, and the store's user. */
export interface ControllerSource extends ViewSource {
  log: LogReader & LogWriter;
  /** The user of the store, for commands that name no other; absent: not known. */
  identity?: Identity;
  /** The freeze of the store, read before each command that may raise; absent: nothing is ever frozen. */
  freeze?(): Promise<Freeze | null>;
}

/**
 * Opens a feature for commands. Each command is decided on the newest state and appended; if another writer
 * was first, it is decided again.
 */
export function openController(source: ControllerSource): Controller {
  const followed = followFeature(source);

  const execute: Controller['execute'] = async (intent, stamp, options = {}) => {
    try {
      return await carryOut(intent, stamp, options);
    } catch (error) {
      if (intent.type !== 'rollback' || !(error instanceof StoreFault)) throw error;
      throw new RollbackFault(error, source.feature);
    }
  };

  const carryOut = async (
    intent: Intent,
    stamp: Pick<Stamp, 'by' | 'reason'>,
    options: ExecuteOptions,
  ): Promise<Outcome> => {
    await followed.ready();
    const tries = intent.type === 'rollback' ? ROLLBACK_TRIES : TRIES;
    for (let tried = 1; tried <= tries; tried++) {
      const freeze = mayRaise(intent) ? ((await source.freeze?.()) ?? null) : null;
      const folded = followed.folded();
      const command: Command = {
        ...intent,
        ...stamp,
        by: identified(stamp.by, source.identity),
        at: source.now(),
        ...(freeze === null ? {} : {freeze}),
      };
      const decision = decide(folded.state, command);
      const events = decision.ok ? decision.events : [];
      if (events.length === 0 || options.dryRun === true) {
        // A refusal, a notice and a dry run must hold for the newest log.
        await followed.catchUp();
        if (followed.folded() !== folded) continue;
      }
      if (events.length === 0) {
        const {state} = folded;
        return decision.ok
          ? {kind: 'nothing', notice: decision.notice ?? 'already-so', state}
          : {kind: 'refused', refusal: decision.refusal, state};
      }
      const commit = commitOf(folded, command, events);
      if (options.isMeant?.() === false) return {kind: 'conflict', tries: tried - 1, state: folded.state};
      const result = options.dryRun === true ? null : await source.log.append(commit);
      if (result?.outcome !== 'conflict') {
        const {state, split} = fold(folded, commit);
        if (result !== null) followed.absorb([commit]);
        if (result?.putAside === true) await alertPutAside(execute, intent, stamp);
        return {kind: 'done', version: commit.version, events, state, split, tries: tried} satisfies Outcome;
      }
      await followed.catchUp();
      // If no newer commit is visible yet, waits a moment for the other writer.
      if (followed.folded() === folded) await pause(Math.min(tried, 20));
    }
    return {kind: 'conflict', tries, state: followed.folded().state};
  };

  const {feature, snapshot, commits, subscribe, now, ready, close} = followed;
  return {feature, snapshot, commits, subscribe, now, ready, close, execute};
}

/** Raises an alert that entries were put aside. The command itself is written already and does not depend on it. */
async function alertPutAside(
  execute: Controller['execute'],
  intent: Intent,
  {by}: Pick<Stamp, 'by'>,
): Promise<void> {
  if (intent.type === 'alert' && intent.key === LOG_KEY) return;
  const message =
    'the newest entry of the log could not be read and was put aside; the log continues after it';
  const alert = {type: 'alert', alert: newAlertId(), level: 'warning', message, key: LOG_KEY} as const;
  await execute(alert, {by}).catch(() => undefined);
}

/** The actor with the user that the store knows. The command of an emergency may come without any actor. */
function identified(by: Actor, identity: Identity | undefined): Actor {
  return identity === undefined || !isRecord(by) || by.identity !== undefined ? by : {...by, identity};
}

/** Whether a command may bring gray to more users. A rollback is none, and never waits for anything. */
function mayRaise({type}: Intent): boolean {
  switch (type) {
    case 'start':
    case 'set':
    case 'next':
    case 'complete':
    case 'include':
    case 'remove':
    case 'enable':
    case 'approve':
    case 'end-step':
      return true;
    default:
      return false;
  }
}

/**
 * Makes the commit of a command. A rollback needs no name, clock or reason, so invalid ones are replaced: a
 * commit that no reader can decode would roll nothing back.
 */
function commitOf(folded: Folded, command: Command, events: Event[]): Commit {
  const authenticated: unknown = command.by?.identity?.name;
  const commit = {
    version: (folded.head?.version ?? 0) + 1,
    nonce: newNonce(),
    parent: folded.head?.id ?? null,
    schema: SCHEMA,
    minReader: SCHEMA,
    by: isText(command.by?.name) ? command.by.name.toWellFormed() : '',
    ...(isText(authenticated) ? {authenticated: authenticated.toWellFormed()} : {}),
    at: isNumber(command.at) ? command.at : (folded.head?.at ?? 0),
    reason: isText(command.reason) ? command.reason.toWellFormed() : null,
    // Folds the events as readers get them, through JSON.
    events: fromJson(toJson(events)) as Event[],
  };
  // The id follows from the split, and the split from the events alone.
  const split = deriveSplit(evolveCommit(folded.state, {...commit, id: '', split: folded.split}));
  return {...commit, id: commitId({...commit, split}), split};
}
