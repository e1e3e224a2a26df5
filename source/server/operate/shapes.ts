import {z} from 'zod';
import {ALERT_LEVELS} from '../../release/plan.ts';
import {isName} from '../../release/name.ts';
import {RELEASE_STATES} from '../../release/state.ts';

/** Bodies of commands, by the last part of their path. Requests are checked by them, and the OpenAPI document is made from them. */

const plain = (most: number) =>
  z.string().refine(text => isName(text, most), {
    error: `must be one line of 1 to ${most} characters without control characters`,
  });
const version = z.int().positive();

const common = {
  feature: z.string().optional().meta({description: 'may be left out if there is only one feature'}),
  reason: plain(2000).optional().meta({description: 'why, for the log'}),
  by: plain(128)
    .optional()
    .meta({description: 'the name of the person, for the log; the token is named with it'}),
  dryRun: z.boolean().optional().meta({description: 'decide the command and write nothing'}),
};
const seen = {
  from: version.optional().meta({
    description: 'version of the log that the caller saw: the command means what was true then',
  }),
  release: z.string().optional().meta({description: 'only if this is still the release at hand'}),
};
const raise = {
  confirm: z
    .union([z.number(), z.string()])
    .optional()
    .meta({description: 'the percent that follows, or the version where that is 100 %'}),
  outsideHours: z
    .boolean()
    .optional()
    .meta({description: 'the caller answers for a raise outside of the raise hours'}),
};
const user = z.string().min(1).max(1024);

export const commandShapes = {
  start: z.strictObject({
    ...common,
    ...raise,
    version: plain(128),
    over: plain(128).optional().meta({description: 'the version that prod serves meanwhile'}),
    plan: z
      .union([z.string().max(200_000), z.record(z.string(), z.unknown())])
      .optional()
      .meta({
        description: 'a plan as YAML text, or as the log holds it; absent: the plan of the server’s project',
      }),
    supersede: z.boolean().optional().meta({description: 'roll back the release that is live first'}),
    release: z.string().optional().meta({description: 'id of the new release; absent: the server makes one'}),
  }),
  rollback: z.strictObject({...common, ...seen}),
  pause: z.strictObject({...common, ...seen}),
  resume: z.strictObject({...common, ...seen}),
  next: z.strictObject({
    ...common,
    ...seen,
    ...raise,
    fromPhase: z.int().optional().meta({description: 'index of the phase that the caller saw, from 0'}),
  }),
  set: z.strictObject({
    ...common,
    ...seen,
    ...raise,
    percent: z.number().min(0).max(100),
    fromPercent: z.number().optional().meta({description: 'the percent that the caller saw'}),
  }),
  retry: z.strictObject({...common, ...seen, step: z.string().max(128).optional()}),
  complete: z.strictObject({...common, ...seen, ...raise}),
  disable: z.strictObject({...common, ...seen}),
  enable: z.strictObject({...common, ...seen, ...raise}),
  approve: z.strictObject({
    ...common,
    ...seen,
    ...raise,
    number: version.optional().meta({description: 'the wish that the caller saw'}),
  }),
  audience: z.strictObject({
    ...common,
    ...seen,
    ...raise,
    action: z.enum(['include', 'deny', 'remove']),
    user,
  }),
  alerts: z.strictObject({
    ...common,
    level: z.enum(ALERT_LEVELS),
    message: plain(2000),
    id: z.string().optional().meta({description: 'id of the alert; absent: the server makes one'}),
  }),
  ack: z.strictObject(common),
  silence: z.strictObject({
    ...common,
    match: z.string().max(200),
    forMs: z.int().positive().meta({description: 'milliseconds'}),
    id: z.string().optional().meta({description: 'id of the silence; absent: the server makes one'}),
  }),
};
export type CommandName = keyof typeof commandShapes;
export type CommandBody = {
  [N in CommandName]: {command: N} & z.infer<(typeof commandShapes)[N]>;
}[CommandName];

export const freezeShape = z.strictObject({
  by: common.by,
  reason: plain(300).optional(),
  dryRun: common.dryRun,
  until: z.number().optional().meta({description: 'milliseconds since 1970; absent with lift'}),
  lift: z.literal(true).optional().meta({description: 'end the freeze'}),
});

const count = z.number().nonnegative();

/** The answer to a command. */
export const commandedShape = z
  .object({
    schema: z.literal('graydeck.command/1'),
    command: z.string(),
    feature: z.string(),
    outcome: z.enum(['done', 'nothing']).meta({description: 'nothing: it was so already'}),
    notice: z.string().nullable(),
    dryRun: z.boolean(),
    release: z.string().nullable(),
    version: z.string().nullable(),
    state: z.enum(['idle', ...RELEASE_STATES]),
    percent: z.object({before: count, after: count}),
    head: count.nullable().meta({description: 'version of the log that this wrote, or would have'}),
    events: z.array(z.looseObject({type: z.string()})),
    confirm: z.union([z.number(), z.string()]).nullable().meta({description: 'what had to be confirmed'}),
  })
  .meta({id: 'Commanded'});

/** A command that the state does not allow, or whose input is wrong. */
export const refusalShape = z
  .object({
    schema: z.literal('graydeck.refusal/1'),
    code: z.string(),
    sentence: z.string().meta({description: 'what stands in the way'}),
    remedy: z.string().meta({description: 'what would make the command possible'}),
    facts: z.looseObject({}).optional(),
    feature: z.string().optional(),
    release: z.string().nullish(),
    state: z.enum(['idle', ...RELEASE_STATES]).optional(),
  })
  .meta({id: 'Refusal'});

export const frozenShape = z
  .object({
    schema: z.literal('graydeck.freeze/1'),
    dryRun: z.boolean(),
    entry: z.looseObject({type: z.enum(['freeze', 'lift'])}).nullable(),
    frozen: z.looseObject({until: z.number(), reason: z.string()}).nullable(),
  })
  .meta({id: 'Frozen'});
