import fc from 'fast-check';
import type {Actor, Command, StepOutcome} from '../../source/release/command.ts';
import type {HookName, Plan, Rule} from '../../source/release/plan.ts';
import type {RaiseHours} from '../../source/release/raise-hours.ts';
import type {State} from '../../source/release/state.ts';
import {stepDue} from '../../source/release/step.ts';
import {hooks, phase, planOf} from './plans.ts';

/** Few values each, so that they collide and a counterexample stays readable. */
const USERS = ['u-1', 'u-2', 'vip'];
const RELEASES = ['r-1', 'r-2', 'r-3', 'r-4'];
const HOOKS: HookName[] = ['deploy', 'stop', 'promote', 'demote', 'cleanup'];

/** Open in the second half of each hour of every day. */
const HOURS: RaiseHours = {
  text: 'at times',
  timeZone: 'UTC',
  windows: Array.from({length: 24}, (_, hour) => ({
    days: [1, 2, 3, 4, 5, 6, 7],
    from: hour * 60 + 30,
    to: hour * 60 + 60,
  })),
  except: [],
};

const HOOK = {argv: ['true'], timeoutMs: 1000, check: null};

const audience = fc.constantFrom<Rule | null>(
  null,
  {attribute: 'team', test: {op: 'in', values: ['us']}},
  {group: 'vip'},
  {not: {group: 'vip'}},
);

const plan: fc.Arbitrary<Plan> = fc
  .record({
    phases: fc.array(
      fc.record({
        percent: fc.constantFrom(0, 0.01, 5, 33.33, 100),
        audience,
        gated: fc.boolean(),
        included: fc.boolean(),
        hooked: fc.constantFrom<('before' | 'after' | 'confirm')[]>(
          [],
          [],
          [],
          ['before'],
          ['after', 'confirm'],
        ),
      }),
      {minLength: 1, maxLength: 4},
    ),
    approval: fc.constantFrom<(2 | undefined)[]>(undefined, undefined, undefined, 2),
    isLimited: fc.constantFrom(false, false, false, true),
    hooks: fc.subarray(HOOKS),
    complete: fc.constantFrom('auto' as const, 'manual' as const),
    whenStale: fc.constantFrom('prod' as const, 'keep' as const),
  })
  .map(({phases, hooks: names, complete, whenStale, approval, isLimited}) =>
    planOf(
      phases.map(({percent, audience, gated, included, hooked}, index) =>
        phase(`p${index}`, percent, {
          audience,
          needsEarlierCriteria: gated,
          include: included ? {users: ['vip'], rules: [{group: 'vip'}]} : {users: [], rules: []},
          ...Object.fromEntries(hooked.map(name => [name, HOOK])),
        }),
      ),
      {
        hooks: hooks(...names),
        complete,
        whenStale,
        ...(approval === undefined ? {} : {approval}),
        ...(isLimited ? {raise: [HOURS]} : {}),
        groups: {vip: {attribute: 'level', test: {op: 'in', values: ['vip']}}},
      },
    ),
  );

/**
 * One act of a story. Its meaning depends on the state when its turn comes, for example "the step that is
 * due". So a shrunk sequence stays sensible.
 */
export interface Act {
  /**
   * A command; a step that begins and ends; a guard that takes over, finds no fault and advances; or the
   * sensible next act.
   */
  what: Command['type'] | 'run-step' | 'advise' | 'go-on';
  who: 'person' | 'guard' | 'old guard';
  /** The current release, or a release by number. */
  release: 'this' | number;
  /** Whether the command describes the state correctly. */
  isRight: boolean;
  value: number;
  text: string;
  /** Whether the store is frozen. */
  isFrozen: boolean;
  plan: Plan;
  passedMs: number;
}

const WHAT: Act['what'][] = [
  ...(['start', 'set', 'next', 'pause', 'resume', 'retry', 'rollback', 'complete'] as const),
  ...(['include', 'deny', 'remove', 'alert', 'acknowledge', 'resolve', 'silence', 'take-guard'] as const),
  ...(['leave-guard', 'verdict', 'hold-clock', 'run-clock', 'begin-step', 'leave-step'] as const),
  ...(['end-step', 'escalate', 'begin-delivery', 'end-delivery'] as const),
  ...(['disable', 'enable', 'approve', 'tell-gate', 'accept-unknown'] as const),
];

const some = (weight: number, ...list: Act['what'][]) => ({weight, arbitrary: fc.constantFrom(...list)});

/** Acts that advance a release are more frequent, so that late states are reached. */
const what = fc.oneof(
  some(5, ...WHAT),
  some(14, 'go-on'),
  some(2, 'advise'),
  some(5, 'next', 'set', 'complete', 'pause', 'resume'),
  some(3, 'include', 'deny', 'remove', 'retry', 'hold-clock', 'run-clock'),
  some(2, 'alert', 'acknowledge', 'resolve', 'begin-delivery', 'end-delivery'),
  some(2, 'start', 'rollback'),
  some(2, 'approve', 'enable', 'disable', 'tell-gate'),
);

export const act: fc.Arbitrary<Act> = fc.record({
  what,
  who: fc.constantFrom<Act['who'][]>('person', 'person', 'person', 'guard', 'guard', 'old guard'),
  release: fc.oneof(
    {weight: 5, arbitrary: fc.constant('this' as const)},
    {weight: 1, arbitrary: fc.nat({max: RELEASES.length - 1})},
  ),
  isRight: fc.oneof({weight: 5, arbitrary: fc.constant(true)}, {weight: 1, arbitrary: fc.constant(false)}),
  value: fc.nat({max: 6}),
  text: fc.constantFrom('slow', 'errors', ''),
  isFrozen: fc.oneof({weight: 12, arbitrary: fc.constant(false)}, {weight: 1, arbitrary: fc.constant(true)}),
  plan,
  passedMs: fc.constantFrom(0, 1, 1000, 60_000, 3_700_000, -5000),
});

/** Most stories begin with a start. */
export const acts: fc.Arbitrary<Act[]> = fc
  .tuple(fc.option(act, {freq: 5}), fc.array(act, {maxLength: 40, size: 'max'}))
  .map(([first, rest]) =>
    first === null
      ? rest
      : [{...first, what: 'start', who: 'person', isRight: true, release: 'this'}, ...rest],
  );

/** The commands of an act in this state. `serial` makes new ids. */
export function commandOf(state: State, one: Act, at: number, serial: number): Command[] {
  const {release} = state;
  const stamp = {by: actorOf(state, one), at, ...(one.isFrozen ? {freeze: FREEZE} : {})};
  const id = one.release === 'this' ? (release?.id ?? 'r-1') : RELEASES[one.release]!;
  const named = {release: id, ...stamp};
  const user = USERS[one.value % USERS.length]!;
  const alert = `a-${one.isRight ? serial : one.value}`;
  switch (one.what) {
    case 'go-on': {
      const what = sensible(state, one);
      const who = what === 'hold-clock' || what === 'run-clock' ? 'guard' : 'person';
      return commandOf(state, {...one, who, isRight: true, what}, at, serial);
    }
    case 'start': {
      const fresh = one.isRight ? `r-${serial}` : id;
      const supersede = one.value % 2 === 0;
      return [{type: 'start', version: `v${serial}`, plan: one.plan, supersede, ...stamp, release: fresh}];
    }
    case 'set': {
      const percent = [0, 1, 12.34, 50, 5.005, 100.5, Number.NaN][one.value]!;
      return [{type: 'set', percent, ...(one.isRight ? {} : {from: 77}), ...named}];
    }
    case 'next': {
      const reason = one.value % 2 === 0 ? {} : {reason: 'because'};
      return [{type: 'next', from: one.isRight ? (release?.phase ?? 0) : one.value, ...reason, ...named}];
    }
    case 'retry':
      return [{type: 'retry', ...(one.isRight ? {} : {step: 'deploy.deploy'}), ...named}];
    case 'pause': {
      const because = [{kind: 'guardrail', key: `pause ${one.text}`} as const];
      return [{type: 'pause', ...(one.value % 3 === 0 ? {because} : {}), ...named}];
    }
    case 'approve':
      return [{type: 'approve', ...(one.isRight ? {} : {number: one.value}), ...named}];
    case 'tell-gate':
      return [{type: 'tell-gate', step: stepOf(state, one), words: one.text, alert, ...named}];
    case 'accept-unknown':
      return [{type: 'accept-unknown', event: one.text, ...stamp}];
    case 'disable':
    case 'enable':
    case 'resume':
    case 'rollback':
    case 'complete':
    case 'run-clock':
      return [{type: one.what, ...named}];
    case 'include':
    case 'deny':
    case 'remove':
      return [{type: one.what, user: one.text === '' && !one.isRight ? '' : user, ...named}];
    case 'alert': {
      const level = (['info', 'warning', 'critical'] as const)[serial % 3]!;
      return [{type: 'alert', alert, level, message: `${one.text} ${one.value % 2}`, ...stamp}];
    }
    case 'acknowledge':
    case 'resolve':
      return [{type: one.what, alert: state.alerts.at(-1 - (one.value % 2))?.id ?? alert, ...stamp}];
    case 'silence':
      return [{type: 'silence', silence: alert, match: one.text, forMs: one.value * 1000, ...stamp}];
    case 'take-guard':
      return [{type: 'take-guard', ...(one.isRight ? {} : {from: one.value}), ...stamp}];
    case 'leave-guard':
      return [{type: 'leave-guard', ...stamp}];
    case 'verdict': {
      const action = (['advance', 'hold', 'pause', 'rollback'] as const)[one.isRight ? 0 : one.value % 4]!;
      return [{type: 'verdict', action, reasons: [], ...named}];
    }
    case 'hold-clock':
      return [
        {
          type: 'hold-clock',
          why: `no ${one.text}`,
          ...(one.isRight ? {} : {since: at - one.value * 5000}),
          ...named,
        },
      ];
    case 'begin-step':
      return [{type: 'begin-step', step: stepOf(state, one), deadlineMs: one.value * 10_000, ...named}];
    case 'leave-step':
      return [{type: 'leave-step', step: runningStepOf(state, one), ...named}];
    case 'end-step':
      return [{type: 'end-step', step: runningStepOf(state, one), outcome: outcomeOf(one), ...named}];
    case 'escalate': {
      const message = `${one.text} ${serial}`;
      const later = {alert, afterMs: one.value * 1000, ...stamp, at: at + 5000} as const;
      return [
        {type: 'alert', alert, level: 'critical', message, ...stamp},
        {type: 'escalate', ...later},
      ];
    }
    case 'begin-delivery': {
      const afterMs = one.value === 3 ? 1000 : 0;
      const channels = ['slack', 'sms'].map(channel => ({channel, deadlineMs: one.value * 1000, afterMs}));
      return [{type: 'begin-delivery', dispatch: dispatchOf(state, one), channels, ...stamp}];
    }
    case 'end-delivery': {
      const outcome = (['done', 'failed', 'again'] as const)[one.value % 3]!;
      const told = {dispatch: dispatchOf(state, one), ...stamp};
      const begin = {
        type: 'begin-delivery' as const,
        channels: [{channel: 'slack', deadlineMs: 1000, afterMs: 0}],
        ...told,
      };
      const end = {type: 'end-delivery', channel: 'slack', outcome, unsure: one.value > 3, ...told} as const;
      return one.isRight ? [begin, end] : [end];
    }
    case 'advise': {
      const epoch = (state.guard?.epoch ?? 0) + 1;
      const by = {name: 'guard on ops-1', kind: 'guard', epoch} as const;
      const onward = commandOf(
        state,
        {...one, what: (['next', 'set', 'complete', 'pause'] as const)[one.value % 4]!},
        at,
        serial,
      );
      return [
        {type: 'take-guard', by, at},
        {type: 'verdict', action: 'advance', reasons: [], ...named, by},
        ...onward.map(command => ({...command, by})),
      ];
    }
    case 'run-step': {
      const step = stepOf(state, one);
      return [
        {type: 'begin-step', step, deadlineMs: 10_000, ...named},
        {type: 'end-step', step, outcome: outcomeOf(one), ...named},
      ];
    }
  }
}

/** The act that takes a release one step further. */
function sensible({release}: State, {value}: Act): Act['what'] {
  const clock = release?.clock.held === null ? 'hold-clock' : 'run-clock';
  switch (release?.state) {
    case 'deploying':
    case 'promoting':
    case 'rolling_back':
      return value === 4 ? 'end-step' : value === 5 ? 'begin-step' : 'run-step';
    case 'rolling':
      if (release.disabled !== null && value < 5)
        return release.approval !== null && value < 4 ? 'approve' : 'enable';
      if (release.approval !== null && value < 4) return 'approve';
      if (release.opening !== null && value < 4) return value === 0 ? 'begin-step' : 'run-step';
      return (['next', 'advise', 'set', 'include', 'pause', 'complete', clock] as const)[value]!;
    case 'paused':
      return value % 2 === 0 ? 'resume' : clock;
    case 'failed':
      return value % 3 === 0 ? 'rollback' : 'retry';
    case 'completed':
    case 'rolled_back':
      return value % 3 === 0 ? 'retry' : 'start';
    case undefined:
      return 'start';
  }
}

const FREEZE = {until: Number.MAX_SAFE_INTEGER, reason: 'audit', by: 'liu', authenticated: null, at: 0};

/** Two people whom the store can tell apart, and one whom it cannot. */
const PEOPLE: Actor[] = ['alice', 'bob'].map(name => ({
  name: 'liu on laptop',
  kind: 'person',
  identity: {name: `redis:${name}`, shared: null},
}));

function actorOf({guard}: State, {who, value}: Act): Actor {
  if (who === 'person') return PEOPLE[value % 3] ?? {name: 'liu on laptop', kind: 'person'};
  const epoch = guard?.epoch ?? 1;
  return who === 'guard'
    ? {name: 'guard on ops-1', kind: 'guard', epoch}
    : {name: 'guard on ops-2', kind: 'guard', epoch: epoch - 1};
}

function stepOf({release}: State, {isRight, value}: Act): string {
  const due = release === null ? null : stepDue(release);
  return isRight && due !== null ? due.id : (release?.steps.at(value)?.id ?? 'rollback.traffic');
}

/** A running step, which a rollback may have overtaken. */
function runningStepOf(state: State, one: Act): string {
  const running = state.release?.steps.find(step => step.state === 'running');
  return one.isRight && running !== undefined ? running.id : stepOf(state, one);
}

function dispatchOf({outbox}: State, {isRight, value}: Act): string {
  return outbox.at(isRight ? -1 : value)?.id ?? 'raised a-9';
}

function outcomeOf({value}: Act): StepOutcome {
  return (['done', 'done', 'failed', 'done', 'failed', 'failed', 'skipped'] as const)[value]!;
}
