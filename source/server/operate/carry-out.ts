import type {Outcome} from '../../controller/outcome.ts';
import type {Actor, Intent} from '../../release/command.ts';
import {confirmationFor} from '../../release/confirmation.ts';
import {closedHours} from '../../release/raise-hours.ts';
import type {Plan} from '../../release/plan.ts';
import type {Refusal, RefusalCode} from '../../release/refusal.ts';
import type {State} from '../../release/state.ts';
import {HttpProblem} from '../problem.ts';
import type {Operating, ServedFeature} from '../served.ts';
import type {Client} from '../tokens.ts';
import type {SentAnswer} from './answer-memory.ts';
import {intentOfBody, stateSeen} from './intent.ts';
import type {CommandBody} from './shapes.ts';

export interface Sent {
  operating: Operating;
  feature: ServedFeature;
  client: Client;
  body: CommandBody;
  /** The id of the alert in the path; undefined: the path has none. */
  alert: string | undefined;
  /** The idempotency key with the token's name; null: none was sent. */
  key: string | null;
}

/** Refusals about the input itself, whatever the state. */
const INPUT: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['bad-input', 'bad-percent']);

/** The actor behind a token. The typed name stands beside the name of the token, which cannot be chosen. */
export function actorOf({sharedBy}: Operating, client: Client, by: string | undefined): Actor {
  const identity = {name: `token:${client.name}`, shared: sharedBy(client)};
  return {name: by ?? client.name, kind: 'person', identity};
}

/**
 * Carries out one command. A command that may expose more users is decided first without a write; then the caller must
 * have confirmed what follows from it.
 * @throws HttpProblem, StoreFault
 */
export async function carryOut({operating, feature, client, body, alert, key}: Sent): Promise<SentAnswer> {
  const {controller} = feature;
  if (controller === null)
    throw new HttpProblem(
      403,
      'read-only',
      'this server is read-only',
      'ask its operator for a server that writes',
    );
  await controller.ready();
  const seen = stateSeen(controller, 'from' in body ? body.from : undefined);
  const plan = body.command === 'start' ? await planOf(operating, feature.name, body.plan) : null;
  const intent: Intent =
    body.command === 'ack'
      ? {type: 'acknowledge', alert: alert ?? ''}
      : intentOfBody(body, seen, {key, plan});
  const {reason, dryRun = false} = body;
  const stamp = {by: actorOf(operating, client, body.by), ...(reason === undefined ? {} : {reason})};
  const before = controller.snapshot().state;
  const confirm = confirmationFor(intent, before.release);
  if (dryRun || confirm !== null) {
    const foreseen = await controller.execute(intent, stamp, {dryRun: true});
    if (dryRun || foreseen.kind !== 'done') return answerOf(body, foreseen, {before, confirm, dryRun});
    mustConfirm(body, confirm, hoursOf(intent, before), controller.now());
  }
  feature.mayBeginSteps(intent);
  return answerOf(body, await controller.execute(intent, stamp), {before, confirm, dryRun});
}

async function planOf(operating: Operating, feature: string, given: unknown): Promise<Plan | null> {
  if (typeof given === 'object') return operating.bound(given as Plan);
  const read = await operating.planFor(feature, typeof given === 'string' ? given : null);
  if (read.ok) return operating.bound(read.plan);
  const {mistakes} = read;
  const [first] = mistakes;
  throw new HttpProblem(
    422,
    'bad-plan',
    `the plan has mistakes: ${first?.message ?? ''}`,
    'graydeck plan check FILE',
    {
      mistakes,
    },
  );
}

function hoursOf(intent: Intent, {release}: State): Plan['raise'] {
  return intent.type === 'start' ? intent.plan.raise : release?.plan.raise;
}

/** @throws HttpProblem 422: what is to be confirmed is missing or is something else */
function mustConfirm(
  body: CommandBody,
  wanted: number | string | null,
  hours: Plan['raise'],
  now: number,
): void {
  const {confirm, outsideHours = false} = body as {confirm?: number | string; outsideHours?: boolean};
  const isSame =
    typeof wanted === 'number'
      ? confirm !== '' && Number(confirm) === wanted
      : typeof confirm === 'string' && confirm.normalize('NFKC').trim() === wanted?.normalize('NFKC');
  if (wanted !== null && !isSame)
    throw new HttpProblem(
      422,
      'not-confirmed',
      confirm === undefined
        ? 'this command exposes more users and must be confirmed'
        : `confirm is ${JSON.stringify(confirm)}, and what follows is ${JSON.stringify(wanted)}`,
      `"confirm": ${JSON.stringify(wanted)}`,
    );
  const closed = outsideHours ? null : closedHours(hours, now);
  if (closed === null) return;
  throw new HttpProblem(
    422,
    'outside-hours',
    `it is outside of the raise hours (${closed.text}): the guard would wait`,
    '"outsideHours": true',
  );
}

interface Told {
  before: State;
  confirm: number | string | null;
  dryRun: boolean;
}

function answerOf(body: CommandBody, outcome: Outcome, {before, confirm, dryRun}: Told): SentAnswer {
  if (outcome.kind === 'refused') return refused(outcome.refusal, outcome.state);
  if (outcome.kind === 'conflict')
    return refused(
      {
        code: 'moved-on',
        message: `others wrote first ${outcome.tries} times in a row`,
        remedy: 'read the status again, then send the command again with a new key',
      },
      outcome.state,
    );
  const {release} = outcome.state;
  const isDone = outcome.kind === 'done';
  const answer = {
    schema: 'graydeck.command/1',
    command: body.command,
    feature: outcome.state.feature,
    outcome: outcome.kind,
    notice: isDone ? null : outcome.notice,
    dryRun,
    release: release?.id ?? null,
    version: release?.version ?? null,
    state: release?.state ?? 'idle',
    percent: {before: before.release?.percent ?? 0, after: release?.percent ?? 0},
    head: isDone ? outcome.version : null,
    events: isDone ? outcome.events : [],
    confirm,
  };
  return {status: 200, body: answer};
}

/** A refusal as it is answered: 409, or 422 where the input itself is wrong. */
export function refused({code, message, remedy, facts}: Refusal, state: State | null): SentAnswer {
  const {release = null} = state ?? {};
  const body = {
    schema: 'graydeck.refusal/1',
    code,
    sentence: message,
    remedy,
    ...(facts === undefined ? {} : {facts}),
    ...(state === null
      ? {}
      : {feature: state.feature, release: release?.id ?? null, state: release?.state ?? 'idle'}),
  };
  return {status: INPUT.has(code) ? 422 : 409, body};
}
