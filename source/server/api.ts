import {RESPONSE_ALREADY_SENT} from '@hono/node-server/utils/response';
import type {Hono} from 'hono';
import {statsDocument} from '../analysis/feedback/documents.ts';
import {encodeFeedback} from '../analysis/feedback/feedback.ts';
import {selectFeedback} from '../analysis/feedback/stats.ts';

import {remoteAddressOf, JSON_TYPE, type AppOptions, type Env} from './env.ts';
import type {Followers} from './followers.ts';
import type {RateLimits} from './limits.ts';
import {addOperateRoutes} from './operate/routes.ts';
import {HttpProblem, limitBody, limitedBody, tooOften} from './problem.ts';
import {addRawRoutes} from './raw-routes.ts';
import {readFeedbackBody} from './read-feedback.ts';
import {featureOf} from './served.ts';
import {need} from './tokens.ts';

/** Largest body of a command, which may hold a plan, bytes. */
const MOST_COMMAND_BYTES = 256 * 1024;
const EVENT_TYPE = {'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no'};

/** Adds the routes of releases and feedback. The client is authenticated before. */
export function addApiRoutes(
  app: Hono<Env>,
  options: AppOptions,
  {limits, followers}: {limits: RateLimits; followers: Followers},
): void {
  const {served, isReadOnly} = options;
  app.get('/api/v1/canary/status', context => {
    const client = context.get('client');
    need(client, 'read');
    const feature = featureOf(served, context.req.query('feature'));
    return context.body(feature.status(client.scopes.has('operate')), 200, JSON_TYPE);
  });

  app.get('/api/v1/canary/feedback/stats', async context => {
    need(context.get('client'), 'read');
    const feature = featureOf(served, context.req.query('feature'));
    const phase = context.req.query('deployment_phase');
    const version = context.req.query('deployment_version');
    const filter = {...(phase === undefined ? {} : {phase}), ...(version === undefined ? {} : {version})};
    const given = selectFeedback(await feature.feedback(), filter);
    return context.json(statsDocument({feature: feature.name, ...filter}, given));
  });

  addRawRoutes(app, options);
  addOperateRoutes(app, options, {limits, limited: limitBody(MOST_COMMAND_BYTES)});
  app.post('/api/v1/canary/feedback', limitedBody, async context => {
    const client = context.get('client');
    need(client, 'feedback');
    if (isReadOnly) throw readOnly();
    const waitMs = limits.writers.take(`${client.name} ${remoteAddressOf(context)}`, performance.now());
    if (waitMs > 0) throw tooOften(waitMs);
    const {feedback, feature: name} = await readFeedbackBody(context.req.header('content-type'), () =>
      context.req.text(),
    );
    const feature = featureOf(served, name);
    await feature.writeFeedback(encodeFeedback(feedback));
    const {type, rating, phase, version} = feedback;
    const about = {deployment_phase: phase, deployment_version: version};
    return context.json({schema: 'graydeck.feedback/1', feature: feature.name, type, rating, ...about}, 201);
  });

  app.get('/api/v1/canary/events', context => {
    const client = context.get('client');
    need(client, 'read');
    const feature = featureOf(served, context.req.query('feature'));
    const after = lastEventOf(context.req.header('last-event-id'));
    // The answer to HEAD has no stream.
    if (context.req.method === 'HEAD') return context.body(null, 200, EVENT_TYPE);
    followers.check(client.name);
    const {outgoing} = context.env;
    outgoing.writeHead(200, {
      ...Object.fromEntries(context.res.headers),
      ...EVENT_TYPE,
    });
    followers.add(client, feature, outgoing, after);
    return RESPONSE_ALREADY_SENT;
  });
}

/** The refusal of a server that is read-only. */
export function readOnly(): HttpProblem {
  const next = 'ask its operator for a server that writes';
  return new HttpProblem(403, 'read-only', 'this server is read-only', next);
}

/** Version of the last event that the client received; 0 if none. @throws HttpProblem 400 */
function lastEventOf(header: string | undefined): number {
  if (header === undefined || header === '') return 0;
  if (/^\d{1,15}$/u.test(header)) return Number(header);
  throw new HttpProblem(
    400,
    'bad-input',
    'Last-Event-ID is no number of an event',
    'leave it out to get all events',
  );
}
