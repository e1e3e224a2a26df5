import {metricWordsIn} from '../../analysis/metrics.ts';
import type {Guardrail, HookName, Operator} from '../../release/plan.ts';

/** `1 hour` as `hour`, after "the last". */
function one(time: string): string {
  return time.replace(/^1 (?=\w+$)/u, '');
}

/** Plain English for a plan. Every function gets finished parts; the order of words is its business. */
export const en = {
  everyone: 'everyone',
  noUser: 'no user',
  group: (name: string) => `the group ${name}`,
  custom: (name: string) => `people the application's own rule ${name} chooses`,
  not: (rule: string) => `not (${rule})`,
  isOneOf: (attribute: string, values: string) => `${attribute} is ${values}`,
  startsWith: (attribute: string, text: string) => `${attribute} starts with ${text}`,
  endsWith: (attribute: string, text: string) => `${attribute} ends with ${text}`,
  contains: (attribute: string, text: string) => `${attribute} contains ${text}`,
  matches: (attribute: string, pattern: string) => `${attribute} matches ${pattern}`,
  compares: (attribute: string, op: Operator | '=' | '!=', value: string) =>
    `${attribute} is ${{'<': 'below ', '<=': 'at most ', '>': 'above ', '>=': 'at least ', '=': '', '!=': 'not '}[op]}${value}`,
  version: (version: string) => `version ${version}`,
  within: (attribute: string, time: string) => `${attribute} lies within the last ${one(time)}`,
  atLeastAgo: (attribute: string, time: string) => `${attribute} lies at least ${time} back`,

  metrics: metricWordsIn('en', 'long') as Record<string, string>,
  featureUse: (name: string) => `the use of ${name}`,
  perSecond: (value: string) => `${value} a second`,
  points: (value: string) => `${value} percentage ${value === '1' ? 'point' : 'points'}`,
  limit: (metric: string, op: Operator, value: string) =>
    `${metric} of gray is ${{'<': 'below', '<=': 'at most', '>': 'above', '>=': 'at least'}[op]} ${value}`,
  timesProd: (metric: string, op: Operator, times: string) =>
    `${metric} of gray is ${{'<': 'below', '<=': 'at most', '>': 'above', '>=': 'at least'}[op]} ${times} times that of prod`,
  improvement: (metric: string, op: Operator, points: string) =>
    `${metric} of gray is better than that of prod by ${{'<': 'less than', '<=': 'at most', '>': 'more than', '>=': 'at least'}[op]} ${points}`,
  over: (time: string) => `over the last ${one(time)}`,
  fromRequests: (count: string) => `judged from ${count} gray requests on`,

  title: (name: string, phases: number) => `Plan ${name}: ${phases} phase${phases === 1 ? '' : 's'}`,
  partTitle: (name: string) => `Part of a plan, ${name}: no phases`,
  forFeature: (feature: string) => `Feature: ${feature}`,
  lastBegins: (time: string) => `The last phase begins after ${time} at the earliest.`,
  lastWaits: (time: string) => `The last phase begins after ${time} and the waiting for people.`,
  ramp: (step: string, every: string) => `A ramp: ${step} more every ${every}.`,
  rampEqual: {
    advance: 'It goes up while gray is as good as prod.',
    hold: 'It stays on a step while gray is not shown to be better than prod.',
  },
  clock: 'The clock of a phase runs only while there is data and every router has applied the percentage.',

  keeps: 'Raising only adds people: a user who has gray in one phase keeps it in the next.',

  defaults: (over: string, requests: string) =>
    `Where a condition does not say otherwise it looks at the last ${one(over)}; those made of requests wait for ${requests} gray ones.`,

  proof:
    'What lets the release go up must be shown over its phase, with a certainty of 90 %; where a condition says min N requests, by so many and the value.',

  phase: (number: number, name: string, percent: string) =>
    name === percent ? `Phase ${number}: ${percent}` : `Phase ${number}, ${name}: ${percent}`,
  phaseFirst: (duration: string) => `time: ${duration}, from the start`,
  phaseTime: (duration: string, from: string, to: string) =>
    `time: ${duration}, from ${from} to ${to} after the start`,
  phaseOpen: (from: string | null) =>
    `time: from ${from === null ? 'the start' : `${from} after the start`} on, without an end of its own`,
  phaseAtOnce: (from: string | null) =>
    `time: ${from === null ? 'at the start' : `${from} after the start`}, no stay of its own`,
  gray: (who: string) => `gray gets: ${who}`,
  shareOf: (percent: string, audience: string) => `${percent} of ${audience}`,
  noneByPercent: 'no user by percentage',
  peopleWho: (rule: string) => `people with: ${rule}`,
  inAnyCase: (who: string) => `and in any case: ${who}`,
  users: (ids: string) => `the users ${ids}`,
  more: (count: number) => `${count} more`,
  entryGate: 'opens when: every criterion of the phases before it held when its phase was left',
  criteria: 'must hold before it ends:',
  dryRun: (condition: string) => `${condition} (only watched, decides nothing)`,
  ends: (how: string) => `ends: ${how}`,
  afterTime: (time: string) => `after ${time}, by itself`,
  afterTimeAndCriteria: (time: string) => `after ${time}, by itself, once the criteria hold`,
  atOnce: 'as soon as every router has applied it, by itself',
  atOnceWithCriteria: 'as soon as the criteria hold, by itself',
  byPerson: 'when the operator says next',
  byPersonAfter: (time: string) => `when the operator says next, after ${time}`,
  thenCompletes: (how: string) => `${how}; then the release completes`,
  byComplete: 'when the operator says complete',
  byCompleteAfter: (time: string) => `when the operator says complete, after ${time}`,
  phaseStale: {prod: 'cut off: a router goes back to prod', keep: 'cut off: a router keeps its sides'},

  guardrails: 'Guardrails, watched in every phase:',
  noGuardrails: 'No guardrails.',
  guardrail: (does: string, when: string) => `${does} when ${when}`,
  does: {
    rollback: () => 'rolls everything back',
    pause: () => 'pauses',
    advance: () => 'goes on to the next phase early',
    alert: (level: string) => `raises an alert (${level})`,
  } as Record<Guardrail['then'], (level: string) => string>,
  held: (time: string) => `without a break for ${time}`,
  ignored: '; while it cannot be judged it does not hold the release',
  fromPreset: (name: string) => `[${name}]`,
  relativeNote: 'At 100 % there is no prod to compare with: only limits of their own are judged there.',
  evidenceOff: 'Evidence is off: only guardrails judge gray.',
  evidence: (falseAlarms: string, then: 'rollback' | 'pause' | 'alert') =>
    `Evidence: gray is compared with prod at every moment; ${{rollback: 'rolls everything back', pause: 'pauses', alert: 'raises an alert'}[then]} when gray is worse beyond chance (a false alarm in ${falseAlarms} of releases at most).`,
  margin: (share: string) => `Differences of up to ${share} of prod's value do not count.`,

  groups: 'Groups:',
  completion: {
    auto: 'Completion: by itself at the end of the last phase.',
    manual: 'Completion: when the operator says complete.',
  },
  rollbackWindow: (time: string) => `A rollback stays possible for ${time} after completion.`,
  noRollbackWindow: 'After completion no rollback is possible.',
  noDemote: 'No demote hook: once promotion has changed prod, a rollback cannot change it back.',
  stale: {
    prod: (time: string) => `Cut off: a router that could not report for ${time} goes back to prod.`,
    keep: (time: string) => `Cut off: a router that could not report for ${time} keeps its sides.`,
  },
  staleWhole: 'At 100 % of everyone it keeps its sides: prod may be changing under it.',
  bucketBy: (attribute: string) =>
    `Percent: of the values of ${attribute}, so that users with the same value are on one side; users without one get prod.`,
  salt: (salt: string) => `Salt: ${salt}. Releases with the same salt begin with the same users.`,
  forced: (names: string) => `Forced: ${names}, holding true or false, choose the side.`,
  header: (name: string) => `header ${name}`,
  cookie: (name: string) => `cookie ${name}`,
  notForced: 'Forced: nothing chooses the side by header or cookie.',
  raise: (hours: string, except: string) =>
    `The guard raises only ${hours}${except === '' ? '' : `, not on ${except}`}; a person is asked.`,
  approval: 'Each raise needs two people.',
  phaseApproval: 'Raises into it and within it need two people.',
  gateDeadline: (time: string) => `It pauses the release where it has not opened after ${time}.`,
  hooks: 'Hooks:',
  noHooks: 'No hooks: deployment, promotion and rollback move traffic and skip their other steps.',
  hookNames: {
    backup: 'backup',
    deploy: 'deploy',
    stop: 'stop',
    restore: 'restore',
    promote: 'promote',
    verify: 'verify',
    demote: 'demote',
    cleanup: 'cleanup',
  } as Record<HookName, string>,
  phaseHooks: {
    before: (command: string) => `Before it: ${command}.`,
    after: (command: string) => `After it: ${command}.`,
    confirm: (command: string) => `Left only once this gate opens: ${command}.`,
  },
  hookTime: (time: string) => `at most ${time}`,
  hookCheck: (command: string) => `already done when ${command} ends with 0`,
  checklist: 'Before the start:',
  contacts: 'Contacts:',
  needsPhases: 'A whole plan still needs its phases: phases, ramp or gray_release_plan.',
};

/** What every language must say. */
export type Words = typeof en;
