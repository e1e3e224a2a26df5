import {randomUUID} from 'node:crypto';
import {fold} from '../controller/fold.ts';
import {newNonce} from '../controller/ids.ts';
import type {Controller, Outcome} from '../controller/outcome.ts';
import {followFeature, type FollowedLog, type ViewSource} from '../controller/view.ts';
import type {Feedback} from '../analysis/feedback/feedback.ts';
import type {Actor, Intent, Stamp} from '../release/command.ts';
import {readFreezeEntry, type FreezeDecision, type FreezeIntent} from '../release/freeze.ts';
import {SCHEMA, type Commit} from '../release/commit.ts';
import {deriveSplit} from '../release/derive-split.ts';
import type {Event} from '../release/event.ts';
import {evolveCommit} from '../release/evolve/evolve.ts';
import type {Notice, Refusal} from '../release/refusal.ts';
import {RollbackFault, StoreFault} from '../store/fault.ts';
import type {Answer, ServerConnection} from './connection.ts';

type By = Pick<Stamp, 'by' | 'reason'>;

/**
 * Opens a feature for commands through a server, which decides them by the rules of every controller. The token is the
 * authenticated actor. What the server wants confirmed was confirmed here before, so it is asked for and repeated.
 */
export function openRemoteController(server: ServerConnection, source: ViewSource): Controller {
  const followed = followFeature(source);
  const send = async (intent: Intent, stamp: By, more: object): Promise<Answer> => {
    const {path, body} = requestOf(intent);
    const {by, reason} = stamp;
    const whole = {
      feature: source.feature,
      by: by.name,
      ...(reason === undefined ? {} : {reason}),
      ...body,
      ...more,
    };
    return await server.post(`/api/v1/canary/${path}`, whole, randomUUID());
  };

  const carryOut = async (intent: Intent, stamp: By, dryRun: boolean): Promise<Outcome> => {
    const asks = dryRun || mayAsk(intent);
    const foreseen = asks ? await send(intent, stamp, {dryRun: true}) : null;
    if (foreseen !== null && (dryRun || foreseen.status !== 200 || foreseen.body['outcome'] !== 'done'))
      return await outcomeOf(followed, stamp, foreseen, true);
    const confirm = foreseen?.body['confirm'] ?? null;
    const more = confirm === null ? {} : {confirm, outsideHours: true};
    return await outcomeOf(followed, stamp, await send(intent, stamp, more), false);
  };

  const {feature, snapshot, commits, subscribe, now, ready, close} = followed;
  return {
    feature,
    snapshot,
    commits,
    subscribe,
    now,
    ready,
    close,
    async execute(intent, stamp, {dryRun = false} = {}) {
      try {
        return await carryOut(intent, stamp, dryRun);
      } catch (error) {
        if (intent.type !== 'rollback' || !(error instanceof StoreFault)) throw error;
        throw new RollbackFault(error, feature);
      }
    },
  };
}

/** Feedback as a page would send it; the scope is `feedback`. @throws StoreFault */
export async function sendFeedback(
  server: ServerConnection,
  feature: string,
  feedback: Feedback,
): Promise<void> {
  const {type, message, rating, phase, version, user} = feedback;
  if (rating === null || phase === null || version === null)
    throw new StoreFault(
      'store-refused',
      'feedback through a server needs a rating, a phase and a version',
      '--rating 4 --deployment-phase beta --deployment-version v1.1.0',
    );
  const about = {deployment_phase: phase, deployment_version: version, user_id: user};
  const {status, body} = await server.post(
    '/api/v1/canary/feedback',
    {feature, type, message, rating, ...about},
    randomUUID(),
  );
  if (status === 201) return;
  const {message: why} = body;
  throw new StoreFault('store-refused', typeof why === 'string' ? why : `the server answered ${status}`, '');
}

/** Freezes raises of every feature, or lifts the freeze. @throws StoreFault */
export async function sendFreeze(
  server: ServerConnection,
  intent: FreezeIntent,
  {name}: Actor,
  dryRun: boolean,
): Promise<FreezeDecision> {
  const {reason} = intent;
  const what = intent.type === 'lift' ? {lift: true} : {until: intent.until};
  const body = {by: name, dryRun, ...what, ...(reason === undefined ? {} : {reason})};
  const answer = await server.post('/api/v1/canary/freeze', body, randomUUID());
  if (answer.status !== 200) return {ok: false, refusal: refusalOf(answer)};
  const {entry} = answer.body;
  return {ok: true, entry: entry === null ? null : readFreezeEntry(entry)};
}

/** Commands for which the server may want a confirmation. */
function mayAsk({type}: Intent): boolean {
  return ['start', 'set', 'next', 'complete', 'enable', 'approve', 'include', 'remove'].includes(type);
}

/** The request of a command. @throws StoreFault for one that only processes with a store send */
function requestOf(intent: Intent): {path: string; body: object} {
  switch (intent.type) {
    case 'start': {
      const {release, version, over, plan, supersede = false} = intent;
      return {
        path: 'start',
        body: {release, version, plan, supersede, ...(over === undefined ? {} : {over})},
      };
    }
    case 'set': {
      const {release, percent, from} = intent;
      return {path: 'set', body: {release, percent, ...(from === undefined ? {} : {fromPercent: from})}};
    }
    case 'next':
      return {path: 'next', body: {release: intent.release, fromPhase: intent.from}};
    case 'retry':
      return {
        path: 'retry',
        body: {release: intent.release, ...(intent.step === undefined ? {} : {step: intent.step})},
      };
    case 'approve': {
      const {release, number} = intent;
      return {path: 'approve', body: {release, ...(number === undefined ? {} : {number})}};
    }
    case 'include':
    case 'deny':
    case 'remove':
      return {path: 'audience', body: {release: intent.release, action: intent.type, user: intent.user}};
    case 'alert':
      return {path: 'alerts', body: {id: intent.alert, level: intent.level, message: intent.message}};
    case 'acknowledge':
      return {path: `alerts/${encodeURIComponent(intent.alert)}/ack`, body: {}};
    case 'silence':
      return {path: 'alerts/silence', body: {id: intent.silence, match: intent.match, forMs: intent.forMs}};
    case 'rollback':
    case 'pause':
    case 'resume':
    case 'complete':
    case 'disable':
    case 'enable':
      return {path: intent.type, body: {release: intent.release}};
    default:
      throw new StoreFault(
        'store-no-rights',
        `${intent.type} cannot be sent to a server`,
        'with rights on the store: --store URL',
      );
  }
}

/** @throws StoreFault where the answer is none of this interface */
async function outcomeOf(
  followed: FollowedLog,
  stamp: By,
  answer: Answer,
  dryRun: boolean,
): Promise<Outcome> {
  const {status, body} = answer;
  if (status !== 200) {
    const refusal = refusalOf(answer);
    await followed.catchUp().catch(() => undefined);
    return {kind: 'refused', refusal, state: followed.folded().state};
  }
  if (body['outcome'] === 'nothing') {
    await followed.catchUp().catch(() => undefined);
    return {kind: 'nothing', notice: body['notice'] as Notice, state: followed.folded().state};
  }
  const version = Number(body['head']);
  const events = body['events'] as Event[];
  // The dry run was decided on the newest log.
  if (dryRun && (followed.folded().head?.version ?? 0) !== version - 1) await followed.catchUp();
  const before = followed.folded();
  if (!dryRun) await followed.catchUp().catch(() => undefined);
  const isWritten = (followed.folded().head?.version ?? 0) >= version;
  const {state, split} = isWritten
    ? followed.folded()
    : fold(before, foreseen(before, stamp, {version, events, at: followed.now()}));
  return {kind: 'done', version, events, state, split, tries: 1};
}

/** The commit as it would stand in the log; its id is never read. */
function foreseen(
  {state, head, split}: ReturnType<FollowedLog['folded']>,
  {by, reason}: By,
  {version, events, at}: {version: number; events: Event[]; at: number},
): Commit {
  const commit = {
    version,
    id: newNonce(),
    parent: head?.id ?? null,
    schema: SCHEMA,
    minReader: SCHEMA,
    by: by.name,
    at,
    reason: reason ?? null,
    events,
    split,
  };
  return {...commit, split: deriveSplit(evolveCommit(state, commit))};
}

/** A refusal as the server says it. What is no refusal of the core gets the code that comes nearest. */
function refusalOf({status, body}: Answer): Refusal {
  const text = (...names: string[]): string => {
    const found = names.map(name => body[name]).find(value => typeof value === 'string');
    return typeof found === 'string' ? found : '';
  };
  const isRefusal = body['schema'] === 'graydeck.refusal/1';
  const nearest =
    status === 404 ? 'nothing-live' : text('code') === 'not-confirmed' ? 'moved-on' : 'bad-input';
  const {facts} = body;
  return {
    code: isRefusal ? (text('code') as Refusal['code']) : nearest,
    message: text('sentence', 'message'),
    remedy: text('remedy', 'next'),
    ...(typeof facts === 'object' && facts !== null ? {facts} : {}),
  };
}
