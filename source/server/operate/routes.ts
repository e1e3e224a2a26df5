import type {Context, Hono, MiddlewareHandler} from 'hono';
import {plainText} from '../../text/plain-text.ts';
import {decideFreeze, freezeOf} from '../../release/freeze.ts';
import {newAlertId} from '../../controller/ids.ts';
import {remoteAddressOf, type AppOptions, type Env} from '../env.ts';
import type {RateLimits} from '../limits.ts';
import {HttpProblem, tooOften} from '../problem.ts';
import {featureOf, type Operating, type ServedFeature} from '../served.ts';
import type {Client} from '../tokens.ts';
import {AnswerMemory, type SentAnswer} from './answer-memory.ts';
import {actorOf, carryOut, refused} from './carry-out.ts';
import {bodyOf, textOfBody} from './read-body.ts';
import {commandShapes, freezeShape, type CommandBody, type CommandName} from './shapes.ts';

const KEY = /^[\u0021-\u007E]{1,200}$/u;
const PREFIX = '/api/v1/canary';
/** Paths of the commands that are not their names. */
const PATHS: Partial<Record<CommandName, string>> = {ack: 'alerts/:id/ack', silence: 'alerts/silence'};

/** What the routes of commands share. */
interface Desk {
  options: AppOptions;
  limits: RateLimits;
  answers: AnswerMemory;
}

/** Adds the commands of operators. The client is authenticated before, and `limited` bounds the body. */
export function addOperateRoutes(
  app: Hono<Env>,
  options: AppOptions,
  {limits, limited}: {limits: RateLimits; limited: MiddlewareHandler},
): void {
  const desk: Desk = {options, limits, answers: new AnswerMemory()};
  for (const name of Object.keys(commandShapes) as CommandName[])
    app.post(
      `${PREFIX}/${PATHS[name] ?? name}`,
      limited,
      async context => await answerCommand(desk, name, context),
    );
  app.post(`${PREFIX}/freeze`, limited, async context => await answerFreeze(desk, context));
}

async function answerCommand(desk: Desk, name: CommandName, context: Context<Env>): Promise<Response> {
  const client = context.get('client');
  const text = await textOfBody(context);
  const operating = await mayOperate(desk, {client, name, text, context});
  const alert = context.req.param('id');
  return await answered(desk, {client, name, text: `${alert ?? ''} ${text}`, context}, async key => {
    const sent = {...bodyOf(commandShapes[name], text), command: name} as CommandBody;
    const feature =
      name === 'start'
        ? await opened(operating, desk, sent.feature)
        : featureOf(desk.options.served, sent.feature);
    return await carryOut({operating, feature, client, body: sent, alert, key});
  });
}

/** The feature of a start, which may be new. @throws HttpProblem 404 */
async function opened(
  operating: Operating,
  {options}: Desk,
  name: string | undefined,
): Promise<ServedFeature> {
  const found = name === undefined ? null : await operating.open(name);
  return found ?? featureOf(options.served, name);
}

async function answerFreeze(desk: Desk, context: Context<Env>): Promise<Response> {
  const client = context.get('client');
  const text = await textOfBody(context);
  const operating = await mayOperate(desk, {client, name: 'freeze', text, context});
  return await answered(desk, {client, name: 'freeze', text, context}, async () => {
    const {until, reason, lift, by, dryRun = false} = bodyOf(freezeShape, text);
    const now = operating.now();
    const before = freezeOf(await operating.freezes.newest());
    const intent =
      lift === true
        ? ({type: 'lift', ...(reason === undefined ? {} : {reason})} as const)
        : ({type: 'freeze', until: until ?? 0, reason: reason ?? ''} as const);
    const decision = decideFreeze(before, intent, {by: actorOf(operating, client, by), at: now});
    if (!decision.ok) return refused(decision.refusal, null);
    const {entry} = decision;
    if (entry !== null && !dryRun) await operating.freezes.write(entry);
    return {status: 200, body: {schema: 'graydeck.freeze/1', dryRun, entry, frozen: freezeOf(entry)}};
  });
}

interface Asked {
  client: Client;
  name: CommandName | 'freeze';
  text: string;
  context: Context<Env>;
}

/** Lets a command pass that the token, this server and the rate allow. @throws HttpProblem 403, 429 */
async function mayOperate({options, limits}: Desk, asked: Asked): Promise<Operating> {
  const {client, name, context} = asked;
  // A rollback does not wait for the rate of other commands.
  const limit = name === 'rollback' ? limits.rollbacks : limits.commands;
  const waitMs = limit.take(client.name, performance.now());
  if (waitMs > 0) throw tooOften(waitMs);
  const told = {client: client.name, address: remoteAddressOf(context), command: name};
  if (!client.scopes.has('operate')) {
    options.onAttempt?.({...told, outcome: 'forbidden', code: 'no-scope'});
    await noteForbidden(options, asked);
    throw new HttpProblem(
      403,
      'no-scope',
      'this request needs a token with the scope operate',
      'ask the operator of this server for one',
    );
  }
  if (options.operating !== undefined && !options.isReadOnly) return options.operating;
  options.onAttempt?.({...told, outcome: 'forbidden', code: 'read-only'});
  throw new HttpProblem(
    403,
    'read-only',
    'this server is read-only',
    'ask its operator for a server that writes',
  );
}

/** Writes into the log of the feature that a token tried to act without the right, once until the alert is resolved. */
async function noteForbidden(options: AppOptions, {client, name, text}: Asked): Promise<void> {
  if (options.operating === undefined || options.isReadOnly) return;
  const named =
    /"feature"\s*:\s*"([a-z0-9][a-z0-9_-]{0,63})"/u.exec(text)?.[1] ?? options.served.names()[0] ?? '';
  const controller = options.served.get(named)?.controller ?? null;
  const message = `token ${client.name} tried ${name} and lacks the scope operate`;
  const {alerts = []} = controller?.snapshot().state ?? {};
  // Otherwise a token without rights could make the log grow.
  if (alerts.some(({key, resolvedAt}) => key === message && resolvedAt === null)) return;
  const alert = {type: 'alert', alert: newAlertId(), level: 'info', message, key: message} as const;
  await controller
    ?.execute(alert, {by: actorOf(options.operating, client, undefined)})
    .catch(() => undefined);
}

/** Answers once for each idempotency key, and tells of the attempt. */
async function answered(
  {options, answers}: Desk,
  {client, name, text, context}: Asked,
  make: (key: string | null) => Promise<SentAnswer>,
): Promise<Response> {
  const key = context.req.header('idempotency-key') ?? null;
  if (key !== null && !KEY.test(key))
    throw new HttpProblem(
      422,
      'bad-input',
      'the Idempotency-Key is no key',
      '1 to 200 visible ASCII characters',
    );
  const told = {client: client.name, address: remoteAddressOf(context), command: name};
  try {
    const request = {client: client.name, key: key ?? '', request: `${name} ${text}`, now: performance.now()};
    const {status, body} =
      key === null ? await make(null) : await answers.once(request, () => make(`${client.name} ${key}`));
    const {outcome = 'done', code} = body as {outcome?: string; code?: string};
    const isDone = status === 200;
    options.onAttempt?.({
      ...told,
      outcome: isDone ? outcome : 'refused',
      ...(code === undefined ? {} : {code}),
    });
    return context.json(body, status);
  } catch (error) {
    const code = error instanceof HttpProblem ? error.code : 'fault';
    options.onAttempt?.({...told, outcome: 'failed', code: plainText(code, 40)});
    throw error;
  }
}
