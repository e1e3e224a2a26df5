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
import type {LogReader, LogWriter} from '../store/port.ts';
import {fold, type Folded} from './fold.ts';
import {commitId} from './commit-id.ts';
import {newAlertId, newNonce} from './ids.ts';
import type {Controller, Outcome} from './outcome.ts';
import {followLog, type ViewSource} from './view.ts';

/** After this many lost races a command is given up; a rollback is not a race one may lose. */
const TRIES = 50;
const ROLLBACK_TRIES = 10_000;
/** Key of the alert that tells of entries which were put aside. */
export const LOG_KEY = 'log';

/** What the controller needs of a store: a log to write, and the store's user. */
export interface ControllerSource extends ViewSource {
  log: LogReader & LogWriter;
  /** The user of the store, for commands that name no other; absent: not known. */
  identity?: Identity;
  /** The freeze of the store, read before each command that may raise; absent: nothing is ever frozen. */
  freeze?(): Promise<Freeze | null>;
}

/** Opens a feature to act on it: load → decide → append → look who won → again. */
export function openController(source: ControllerSource): Controller {
  const followed = followLog(source);

  const execute: Controller['execute'] = async (intent, stamp, options = {}) => {
    await followed.ready();
    const tries = intent.type === 'rollback' ? ROLLBACK_TRIES : TRIES;
    for (let tried = 1; tried <= tries; tried++) {
      const freeze = mayRaise(intent) ? ((await source.freeze?.()) ?? null) : null;
      const folded = followed.folded();
      const command: Command = {
        ...intent,
        ...stamp,
        by: known(stamp.by),
        at: source.now(),
        ...(freeze === null ? {} : {freeze}),
      };
      const decision = decide(folded.state, command);
      const events = decision.ok ? decision.events : [];
      if (events.length === 0 || options.dryRun === true) {
        // "No", "already so" and "would be" must hold for the log as it is, not as it was a moment ago.
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
        if (result?.putAside === true) await alertPutAside(intent, stamp);
        return {kind: 'done', version: commit.version, events, state, split, tries: tried} satisfies Outcome;
      }
      await followed.catchUp();
      // Where nothing new is to be seen yet, others are given the moment that they need.
      if (followed.folded() === folded) await pause(Math.min(tried, 20));
    }
    return {kind: 'conflict', tries, state: followed.folded().state};
  };

  /** The actor with the user that the store knows. The command of an emergency may come without any actor. */
  function known(by: Actor): Actor {
    const {identity} = source;
    return identity === undefined || !isRecord(by) || by.identity !== undefined ? by : {...by, identity};
  }

  /** Writes an alert that entries were put aside. What was commanded is written already and does not depend on it. */
  async function alertPutAside(intent: Intent, {by}: Pick<Stamp, 'by'>): Promise<void> {
    if (intent.type === 'alert' && intent.key === LOG_KEY) return;
    const message = 'the newest entry of the log could not be read: it was put aside, and the log goes on';
    const alert = {type: 'alert', alert: newAlertId(), level: 'warning', message, key: LOG_KEY} as const;
    await execute(alert, {by}).catch(() => undefined);
  }

  const {feature, snapshot, commits, subscribe, now, ready, close} = followed;
  return {feature, snapshot, commits, subscribe, now, ready, close, execute};
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
 * What is written can be read: a rollback asks for neither a name, a clock nor a reason, and one that nobody can read would
 * take nothing back.
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
    // What is folded here is what everybody else will read.
    events: fromJson(toJson(events)) as Event[],
  };
  // The id follows from the split, and the split from the events alone.
  const split = deriveSplit(evolveCommit(folded.state, {...commit, id: '', split: folded.split}));
  return {...commit, id: commitId({...commit, split}), split};
}
