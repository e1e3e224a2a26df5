import type {WhyNotApplicable, WhyUnmeasured} from '../../analysis/judge/outcome.ts';
import type {ReasonCode} from '../../analysis/judge/reasons.ts';
import type {Operator, Unit} from '../../release/plan.ts';
import type {Reason} from '../../release/state.ts';
import {count} from '../../text/format.ts';

/** What the sentence about a reason in the log may use: what its metric is called, and numbers in their unit. */
export interface LoggedWords {
  name: string;
  /** In the metric's own unit unless another is given. */
  number(value: number | null, unit?: Unit): string;
}

const PASSES: Readonly<Record<Operator, string>> = {
  '<': 'passes below',
  '<=': 'passes up to',
  '>': 'passes above',
  '>=': 'passes from',
};
const UNMEASURED: Readonly<Record<WhyUnmeasured, string>> = {
  'no-data': 'no sample reports it on gray',
  'no-prod': 'no sample reports it on prod',
  stale: 'gray is silent',
  'not-a-number': 'not a number',
  'many-series': 'several series answer',
  away: 'its source does not answer',
};
const NOT_APPLICABLE: Readonly<Record<WhyNotApplicable, string>> = {
  'everybody-gray': 'no prod to compare with',
  'nobody-eligible': 'no user has gray by percent',
};
/** Reasons that need no numbers; the key that helps is named. */
const SIMPLE: Readonly<Partial<Record<ReasonCode, string>>> = {
  entry_gate: 'a criterion of an earlier phase was not seen to hold',
  manual_gate: 'only a person leaves this phase: n',
  open_phase: 'this phase stays until an operator presses n',
  equal_sides: 'gray is not shown to be better than prod: this ramp stays then',
  complete_by_hand: 'the last phase: C completes it',
  paused: 'paused: P resumes',
  deploying: 'gray is being deployed',
  promoting: 'the release is being promoted',
  failed: 'a step failed: R tries again',
  over: 'the release is over',
};

/** The words of the verdict: what was judged, why, and what would turn it. */
export const enVerdict = {
  acts: {
    own: 'this console acts on it',
    ownWatches: 'this console watches over it',
    guard: (name: string) => `${name} acts on it`,
    watches: (name: string) => `${name} watches over it`,
    silent: (name: string) => `not acted on: ${name} is silent`,
    noGuard: 'not acted on: no guard',
    start: (feature: string) => `to have it acted on:  graydeck guard --feature ${feature}`,
  },
  because: 'because',
  cause: {
    values: (metric: string, gray: string, prod: string) => `${metric}  gray ${gray}  prod ${prod}`,
    seenAfter: (time: string) => `seen after ${time}`,
    backAfter: (time: string) => `back on prod after ${time}`,
    hit: (requests: string, people: string | null) =>
      `${requests} requests${people === null ? '' : `, about ${people} people`}`,
  },
  old: (age: string) => `judged ${age} ago`,
  since: (time: string) => `since ${time}`,
  /** Too early after a change of the percentage to judge. */
  settling: (seconds: number) => `settling, ${seconds} s`,
  settlingWhy: 'The percentage has just changed: numbers and routers are catching up.',
  improvement: (metric: string) => `${metric} improvement`,
  timesProd: (times: number) => `${times}x prod`,
  held: (held: string, of: string) => `for ${held} of ${of}`,
  passes: (op: Operator, limit: string) => `${PASSES[op]} ${limit}`,
  prodHas: (value: string) => `prod ${value}`,
  fewRequests: (have: string, need: string, isProd: boolean) =>
    `${have} of ${need} ${isProd ? 'prod ' : ''}requests`,
  fewAnswers: (have: string, need: string) => `${have} of ${need} answers of people`,
  needsMore: (time: string | null) =>
    time === null ? 'never so many at this traffic' : `about ${time} more`,
  atThisTraffic: 'at this traffic',
  notShown: 'not shown yet',
  shownAfter: (time: string) => `needs about ${time} more`,
  neverShown: 'not shown, and never will be at this value',
  withinChance: 'too few requests to tell it from prod',
  prodZero: 'prod is at 0: a multiple of it says nothing',
  unmeasured: (why: WhyUnmeasured) => UNMEASURED[why],
  cannotMeasure: 'cannot be measured',
  notApplicable: (why: WhyNotApplicable) => NOT_APPLICABLE[why],
  bothSides: 'BOTH SIDES',
  wouldNotHelp: 'taking gray back would not help',
  overruled: 'resumed all the same, not raised until it is well',
  wanted: (condition: string) => `wants ${condition}`,
  ratio: (seen: string, set: string) => `GRAY gets ${seen} of the eligible requests, ${set} is set`,
  ratioChance: (low: string, high: string) => `${low} to ${high} would be chance`,
  noData: (side: 'prod' | 'gray', age: string | null) =>
    age === null
      ? `nothing is heard of ${side.toUpperCase()}`
      : `${side.toUpperCase()} has been silent for ${age}`,
  notApplied: (seen: string | null, set: string) =>
    seen === null ? `not every router has confirmed ${set}` : `routers are at ${seen}, ${set} is set`,
  phaseTime: (phase: string, left: string, of: string) => `${phase} has ${left} of ${of} left`,
  served: (phase: string, ran: string, criteria: number) =>
    `${phase} has run ${ran}${criteria === 0 ? '' : criteria === 1 ? ', its criterion holds' : `, its ${criteria} criteria hold`}`,
  goesOn: (phase: string, percent: string) => `next is ${phase}, ${percent}`,
  completes: 'next is completion',
  allWell: 'nothing speaks against gray',
  dryRun: 'dry run',
  criteria: 'next phase wants',
  lastCriteria: 'completion wants',
  limits: 'limits',
  evidence: {
    label: 'evidence',
    chance: (odds: number | null, limit: number) =>
      odds === null
        ? `no sign of a regression (acts at 1 in ${count(limit)})`
        : `chance 1 in ${odds >= 1e9 ? 'more than a billion' : count(odds)} (acts at 1 in ${count(limit)})`,
    footing: {
      people: (gray: number, prod: number) => `by people: ${count(gray)} on gray, ${count(prod)} on prod`,
      requests: () => 'by requests: no person is known',
      history: () => 'by history: prod is silent',
    },
    oneHost: 'gray runs on one host, its version cannot be told from the host: it can pause only',
    worse: (metric: string) => `${metric}: gray is worse`,
    better: (metric: string) => `${metric}: gray is better`,
    none: 'no difference beyond chance',
    decides: (time: string) => `decides in about ${time} at this rate`,
    decided: (time: string) => `decided at ${time}`,
    slow: (share: string, than: string, prod: string) => `${share} slower than ${than}, prod ${prod}`,
    response_time: 'response times',
  },
  doubt: (phase: string, needs: string | null, sees: string | null) =>
    `${phase} is too short to see a one-point rise of errors at this traffic: ${
      needs === null ? 'nothing would show it' : `that takes about ${needs}`
    }${sees === null ? '' : `; it shows one of ${sees}`}`,
  doubtWindow: (phase: string, condition: string, need: string, window: string, have: string) =>
    `${phase}: "${condition}" wants ${need} gray requests in ${window}, there will be about ${have}`,
  doubtCriterion: (phase: string, condition: string, needs: string | null) =>
    `${phase} is too short to show "${condition}" at this traffic: ${
      needs === null ? 'nothing would show it' : `that takes about ${needs}`
    }`,
  assumed: (rate: number, errors: number) =>
    `at ${rate} requests a second, of which ${errors} % fail on prod:`,
  noDoubts: 'nothing in the plan is too short for it',
  /** What a reason in the log says, by code and numbers; null: as it was written. `label` names a metric. */
  logged: (_reason: Reason, _words: LoggedWords): string | null => null,
  simple: SIMPLE,
  headlines: {
    bothSides: (metric: string, gray: string, prod: string) =>
      `BOTH SIDES ${metric}: gray ${gray}, prod ${prod}. Taking gray back would not help`,
    bothSidesShort: (metric: string, gray: string, prod: string) =>
      `BOTH SIDES ${metric}: gray ${gray}, prod ${prod}`,
    worse: (metric: string, shares: string, since: string | null) =>
      `GRAY ${metric} ${shares}: beyond chance${since === null ? '' : ` since ${since}`}`,
    unmeasured: (metrics: readonly string[], number: number, age: string | null, why: string) =>
      `${metrics.join(', ')}${number > metrics.length ? `, +${number - metrics.length} more` : ''} cannot be measured${
        age === null ? '' : ` for ${age}`
      }: ${why}`,
  },
};
