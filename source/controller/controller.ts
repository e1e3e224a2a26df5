import {setTimeout as pause} from 'node:timers/promises';
import type {Command, Intent, Stamp} from '../release/command.ts';
import {SCHEMA, type Commit} from '../release/commit.ts';
import {decide} from '../release/decide/decide.ts';
import {deriveSplit} from '../release/derive-split.ts';
import type {Event} from '../release/event.ts';
import {evolveCommit} from '../release/evolve/evolve.ts';
import {isNumber, isText} from '../release/shape.ts';
import {fromJson, toJson} from '../release/well-formed.ts';
import type {LogReader, LogWriter} from '../store/port.ts';
import {fold, type Folded} from './fold.ts';
import {newAlertId, newCommitId} from './ids.ts';
import type {Controller, Outcome} from './outcome.ts';
import {followLog, type ViewSource} from './view.ts';

/** After this many lost races a command is given up; a rollback is not a race one may lose. */
const TRIES = 50;
const ROLLBACK_TRIES = 10_000;
/** Key of the alert that tells of entries which were put aside. */
export const LOG_KEY = 'log';

/** Opens a feature to act on it: load → decide → append → look who won → again. */
export function openController(source: ViewSource & {log: LogReader & LogWriter}): Controller {
  const followed = followLog(source);

  const execute: Controller['execute'] = async (intent, stamp, options = {}) => {
    await followed.ready();
    const tries = intent.type === 'rollback' ? ROLLBACK_TRIES : TRIES;
    for (let tried = 1; tried <= tries; tried++) {
      const folded = followed.folded();
      const command: Command = {...intent, ...stamp, at: source.now()};
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

/**
 * What is written can be read: a rollback asks for neither a name, a clock nor a reason, and one that nobody can read would
 * take nothing back.
 */
function commitOf(folded: Folded, command: Command, events: Event[]): Commit {
  const commit = {
    version: (folded.head?.version ?? 0) + 1,
    id: newCommitId(),
    parent: folded.head?.id ?? null,
    schema: SCHEMA,
    minReader: SCHEMA,
    by: isText(command.by?.name) ? command.by.name.toWellFormed() : '',
    at: isNumber(command.at) ? command.at : (folded.head?.at ?? 0),
    reason: isText(command.reason) ? command.reason.toWellFormed() : null,
    // What is folded here is what everybody else will read.
    events: fromJson(toJson(events)) as Event[],
    split: folded.split,
  } satisfies Commit;
  return {...commit, split: deriveSplit(evolveCommit(folded.state, commit))};
}
