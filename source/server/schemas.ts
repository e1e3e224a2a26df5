import {z} from 'zod';
import {VERDICT_ACTIONS} from '../release/command.ts';
import {ALERT_LEVELS} from '../release/plan.ts';
import {FOOTINGS, RELEASE_STATES} from '../release/state.ts';
import {
  FEEDBACK_TYPES,
  LONGEST_FEEDBACK_NAME,
  LONGEST_MESSAGE,
  type Feedback,
} from '../analysis/feedback/feedback.ts';

/**
 * Shapes of requests and answers. Requests are checked by them, and the OpenAPI document is made from them.
 */

const name = (what: string) => z.string().trim().min(1).max(LONGEST_FEEDBACK_NAME).meta({description: what});
const who = {by: z.string(), authenticated: z.string().nullable()};
const moment = z.number().meta({description: 'milliseconds since 1970, the clock of the store'});
const percent = z.number().min(0).max(100);
const rate = z.number().nullable().meta({description: 'percent; null: unknown'});
const ms = z.number().nullable().meta({description: 'milliseconds; null: unknown'});
const count = z.number().nonnegative();

export const feedbackShape = z
  .object({
    feature: z.string().optional().meta({description: 'may be left out if there is only one feature'}),
    type: z.enum(FEEDBACK_TYPES),
    message: z
      .string()
      .max(LONGEST_MESSAGE)
      .refine(text => text.trim() !== '', {error: 'is empty'})
      .meta({description: 'plain text; markup is not interpreted'}),
    rating: z.literal([1, 2, 3, 4, 5]).meta({description: '1 is worst, 5 is best'}),
    deployment_phase: name('the phase that the user was in'),
    deployment_version: name('the version that the user was served'),
    user_id: z.union([name("the user's id in the application"), z.number()]).nullish(),
  })
  .meta({id: 'Feedback'});

/** Converts a request's feedback to that of the core. */
export function feedbackOfBody(sent: z.infer<typeof feedbackShape>): Feedback {
  const {type, message, rating, deployment_phase, deployment_version, user_id} = sent;
  const user = user_id === undefined || user_id === null ? null : String(user_id);
  return {type, message, rating, phase: deployment_phase, version: deployment_version, user};
}

export const acceptedShape = z
  .object({
    schema: z.literal('graydeck.feedback/1'),
    feature: z.string(),
    type: z.enum(FEEDBACK_TYPES),
    rating: z.number(),
    deployment_phase: z.string(),
    deployment_version: z.string(),
  })
  .meta({id: 'FeedbackAccepted'});

const stats = {
  count,
  rating: z.number().min(1).max(5).nullable().meta({description: 'mean of the ratings'}),
  rated: count,
  ratings: z.record(z.enum(['1', '2', '3', '4', '5']), count),
  types: z.record(z.enum(FEEDBACK_TYPES), count),
  firstAt: moment.nullable(),
  lastAt: moment.nullable(),
};
const about = {
  deployment_phase: z.string().nullable(),
  deployment_version: z.string().nullable(),
};

export const statsShape = z
  .object({
    schema: z.literal('graydeck.feedback-stats/1'),
    feature: z.string(),
    ...about,
    since: moment.nullable(),
    ...stats,
    groups: z.array(z.object({...about, ...stats})),
  })
  .meta({id: 'FeedbackStats'});

const side = z
  .object({
    requests: count.nullable(),
    requestsPerSecond: count.nullable(),
    errors: count.nullable(),
    errorRate: rate,
    conversions: count.nullable(),
    conversionRate: rate,
    availability: rate,
    responseTime: z.object({mean: ms, p50: ms, p95: ms, p99: ms}),
  })
  .meta({id: 'Side'});

export const statusShape = z
  .object({
    schema: z.literal('graydeck.status/1'),
    feature: z.string(),
    version: z.string().nullable(),
    release: z.string().nullable(),
    state: z.enum(['idle', ...RELEASE_STATES]),
    phase: z.object({
      name: z.string().nullable(),
      index: z.number().nullable(),
      of: z.number().nullable(),
      enteredAt: moment.nullable(),
      endsAt: moment.nullable(),
    }),
    percent: z.object({set: percent, applied: percent.nullable(), observed: percent.nullable()}),
    routers: z.object({
      live: count.nullable(),
      confirmed: count.nullable(),
      silent: count.nullable(),
      troubles: z.array(z.object({name: z.string(), trouble: z.string()})),
    }),
    window: z.object({seconds: z.number(), from: moment, to: moment}),
    sides: z.object({prod: side, gray: side}),
    metrics: z.array(
      z.object({
        name: z.string(),
        source: z.string(),
        prod: z.number().nullable(),
        gray: z.number().nullable(),
        limit: z.number().nullable(),
        ageSeconds: z.number().nullable(),
        state: z.string(),
      }),
    ),
    verdict: z.object({
      action: z.enum(VERDICT_ACTIONS).nullable(),
      reasons: z.array(
        z.object({
          code: z.string(),
          metric: z.string().nullish(),
          value: z.number().nullish(),
          threshold: z.number().nullish(),
          samples: z.number().nullish(),
          windowSeconds: z.number().nullish(),
          text: z.string(),
        }),
      ),
      onset: z.number().nullable(),
      footing: z.enum(FOOTINGS).nullable(),
      forecastSeconds: z.number().nullable(),
    }),
    cause: z
      .object({
        metric: z.string().nullable(),
        gray: z.number().nullable(),
        prod: z.number().nullable(),
        limit: z.number().nullable(),
        onset: moment.nullable(),
        detectedAt: moment,
        prodAt: moment.nullable(),
        requests: count.nullable(),
        people: count.nullable(),
      })
      .nullable(),
    steps: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        state: z.string(),
        startedAt: moment.nullable(),
        ms,
        error: z.string().nullable(),
        words: z.string().nullable(),
      }),
    ),
    alerts: z.array(
      z.object({
        id: z.string(),
        level: z.enum(ALERT_LEVELS),
        message: z.string(),
        raisedAt: moment,
        acknowledgedBy: z.string().nullable(),
        acknowledgedAs: z.string().nullable(),
        resolvedAt: moment.nullable(),
      }),
    ),
    notices: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['raised', 'escalated', 'over', 'rollback', 'failed', 'completed']),
        level: z.enum(ALERT_LEVELS),
        at: moment,
        alert: z.string().nullable(),
        deliveries: z.array(
          z.object({
            channel: z.string(),
            state: z.enum(['sending', 'waiting', 'done', 'failed']),
            attempts: count,
            at: moment,
            again: moment.nullable(),
            error: z.string().nullable(),
            mayBeRepeat: z.boolean(),
          }),
        ),
      }),
    ),
    guard: z.string().nullable(),
    faults: z.array(z.object({code: z.string(), count: count.nullable(), text: z.string()})),
    disabled: z
      .strictObject({
        ...who,
        at: moment,
        why: z.enum(['person', 'approval', 'frozen']),
        reason: z.string().nullable(),
      })
      .nullable(),
    frozen: z.strictObject({...who, until: z.number(), reason: z.string(), at: z.number()}).nullable(),
    approval: z
      .strictObject({
        number: count,
        wish: z.looseObject({type: z.enum(['next', 'set', 'complete', 'enable', 'include', 'remove'])}),
        wantedBy: z.enum(['person', 'guard']),
        askedBy: z.string(),
        askedAt: moment,
        reason: z.string().nullable(),
        needed: count,
        approvers: z.array(z.strictObject({by: z.string(), authenticated: z.string()})),
      })
      .nullable(),
    head: count,
    change: z
      .strictObject({
        version: count,
        id: z.string(),
        at: z.number(),
        by: z.string(),
        authenticated: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({id: 'Status'});

/** The `status` document that this interface promises. */
export type Status = z.infer<typeof statusShape>;

export const errorShape = z
  .object({
    schema: z.literal('graydeck.error/1'),
    code: z.string(),
    message: z.string(),
    next: z.string().meta({description: 'what to do about it'}),
    mistakes: z.array(z.object({field: z.string(), message: z.string()})).optional(),
  })
  .meta({id: 'Error'});

export const healthShape = z
  .object({
    schema: z.literal('graydeck.health/1'),
    state: z.enum(['up', 'away']),
    features: count,
  })
  .meta({id: 'Health'});
