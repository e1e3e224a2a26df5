import type {Commit} from './commit.ts';
import type {Event, UnknownEvent} from './event.ts';
import type {Hook, Include, Phase, Plan, Rule} from './plan.ts';
import type {Release, Step} from './state.ts';

/** In place of what only those are shown who may act. */
const HIDDEN = '•••';
/** Steps that Graydeck does itself: what they say names no command. */
const OWN_STEPS: ReadonlySet<string> = new Set(['traffic', 'traffic-to-prod', 'notify', 'snapshot']);
/** Attributes whose values are people. */
const PERSONAL =
  /(?:^|[_.-])(?:id|uid|user|users|mail|email|phone|mobile|account|login|username)$|(?:Id|ID|Mail|Phone)$/u;

/**
 * A commit as it is told to those who may look and not act: without commands of hooks, what these print, and ids of
 * people. An event that this version does not know may hold any of it, so only its type is told.
 */
export function forReaders(commit: Commit): Commit {
  return {...commit, events: commit.events.map(eventForReaders)};
}

/** A release without what hooks print, for those who may look and not act. */
export function releaseForReaders(release: Release): Release {
  return {
    ...release,
    steps: release.steps.map(stepForReaders),
    pausedReason: pauseForReaders(release.pausedReason),
  };
}

/** What a step's error says to those who may look and not act. `step`: its name, or its id that ends with it. */
export function errorForReaders(step: string, error: string | null): string | null {
  const name = step.slice(step.lastIndexOf('.') + 1);
  return error === null || OWN_STEPS.has(name) ? error : 'it failed; those who may act see why';
}

function eventForReaders(event: Event | UnknownEvent): Event | UnknownEvent {
  const known = event as Event;
  switch (known.type) {
    case 'release-started':
      return {...known, plan: planForReaders(known.plan), steps: known.steps.map(stepForReaders)};
    case 'start-queued':
      return {...known, plan: planForReaders(known.plan)};
    case 'phase-opening':
    case 'promotion-started':
    case 'rollback-started':
      return {...known, steps: known.steps.map(stepForReaders)};
    case 'user-included':
    case 'user-denied':
    case 'user-removed':
      return {...known, user: HIDDEN};
    case 'step-ended':
      return {...known, error: errorForReaders(known.step, known.error)};
    case 'release-failed':
      return {...known, error: errorForReaders(known.step, known.error)};
    case 'gate-closed':
      return {...known, words: 'the gate is closed; those who may act see why'};
    case 'release-paused': {
      return {...known, reason: pauseForReaders(known.reason)};
    }
    case 'phase-entered':
    case 'percent-set':
    case 'release-resumed':
    case 'release-completed':
    case 'release-rolled-back':
    case 'release-banned':
    case 'queued-start-cancelled':
    case 'step-started':
    case 'step-retried':
    case 'alert-raised':
    case 'alert-repeated':
    case 'alert-acknowledged':
    case 'alert-resolved':
    case 'alert-escalated':
    case 'alerts-silenced':
    case 'delivery-begun':
    case 'delivery-ended':
    case 'guard-taken':
    case 'guard-left':
    case 'verdict-changed':
    case 'clock-held':
    case 'clock-ran':
    case 'approval-asked':
    case 'approval-given':
    case 'release-disabled':
    case 'release-enabled':
    case 'unknown-accepted':
      return known;
  }
  const {type, ignorable} = event as UnknownEvent;
  return {type, ...(ignorable === undefined ? {} : {ignorable})};
}

/** A failed step pauses with its own words. */
function pauseForReaders(reason: string | null): string | null {
  const failed = /^(?<step>[\w.-]+) failed: /u.exec(reason ?? '')?.groups?.['step'];
  return failed === undefined ? reason : `${failed} failed`;
}

function stepForReaders(step: Step): Step {
  return {...step, error: errorForReaders(step.name, step.error)};
}

function planForReaders(plan: Plan): Plan {
  return {
    ...plan,
    phases: plan.phases.map(phaseForReaders),
    groups: Object.fromEntries(
      Object.entries(plan.groups).map(([name, rule]) => [name, ruleForReaders(rule)]),
    ),
    hooks: Object.fromEntries(
      Object.entries(plan.hooks).map(([name, hook]) => [
        name,
        hook === undefined ? hook : hookForReaders(hook),
      ]),
    ),
  };
}

function phaseForReaders(phase: Phase): Phase {
  const {audience, include, before, after, confirm} = phase;
  return {
    ...phase,
    audience: audience === null ? null : ruleForReaders(audience),
    include: includeForReaders(include),
    ...(before === undefined ? {} : {before: hookForReaders(before)}),
    ...(after === undefined ? {} : {after: hookForReaders(after)}),
    ...(confirm === undefined ? {} : {confirm: hookForReaders(confirm)}),
  };
}

/** That there is a hook, and how long it may take. */
function hookForReaders(hook: Hook): Hook {
  return {...hook, argv: [HIDDEN], check: hook.check === null ? null : [HIDDEN]};
}

/** How many there are, and not who. */
function includeForReaders({users, rules}: Include): Include {
  return {users: users.map(() => HIDDEN), rules: rules.map(ruleForReaders)};
}

function ruleForReaders(rule: Rule): Rule {
  if ('all' in rule) return {all: rule.all.map(ruleForReaders)};
  if ('any' in rule) return {any: rule.any.map(ruleForReaders)};
  if ('not' in rule) return {not: ruleForReaders(rule.not)};
  if (!('attribute' in rule) || !PERSONAL.test(rule.attribute)) return rule;
  if (rule.test.op === 'like')
    return {...rule, test: {op: 'like', parts: rule.test.parts.map(part => (part === '' ? '' : HIDDEN))}};
  if (rule.test.op !== 'in') return rule;
  return {...rule, test: {op: 'in', values: rule.test.values.map(() => HIDDEN)}};
}
