import {DistinctSketch} from '../../source/analysis/sketches/distinct-sketch.ts';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import type {Side} from '../../source/analysis/numbers.ts';
import {
  emptyPart,
  encodeTally,
  KEEP_MINUTES_MS,
  KEEP_SECONDS_MS,
} from '../../source/analysis/windows/roll-up.ts';
import {FEEDBACK_TYPES, encodeFeedback, type Rating} from '../../source/analysis/feedback/feedback.ts';
import {arrivals, normal, seeded} from '../../source/demo/behaviour.ts';
import type {Commit} from '../../source/release/commit.ts';
import type {Reason} from '../../source/release/state.ts';
import type {FeatureStore, RollUp} from '../../source/store/port.ts';
import {begin, complete, end, next, pause, resume, rollback, run, start} from '../release/orders.ts';
import {phase, planOf} from '../release/plans.ts';
import {
  DAWN,
  DAY,
  HOUR,
  MINUTE,
  SECOND,
  guard,
  wait,
  type Order,
  type Wait,
} from '../release/specification.ts';
import {logOf} from '../report/sample-log.ts';

export const FEATURE = 'new_payment';
const RELEASE = 'r-1';
const BY = {by: guard(1)};
const random = seeded(23);

/** How the story ends: everybody has the new version, or it was taken back. */
export type Ending = 'completed' | 'rolled_back';

const PLAN = planOf([
  phase('alpha', 5, {durationMs: DAY}),
  phase('beta', 20, {durationMs: DAY}),
  phase('gamma', 50, {durationMs: DAY}),
  phase('production', 100, {durationMs: null}),
]);

function reason(code: Reason['code'], metric: string | null, text: string): Reason {
  return {code, metric, value: 0.62, threshold: 1, samples: 12_345, windowSeconds: 300, text};
}

/** A day of one phase: a verdict that changes every ten minutes, an alert an hour that comes and goes. */
function day(number: number): (Order | Wait)[] {
  return Array.from({length: 143}, (_, ten): (Order | Wait)[] => {
    const verdict: Order =
      ten % 2 === 0
        ? {
            type: 'verdict',
            release: RELEASE,
            action: 'hold',
            reasons: [reason('phase_time', null, `${24 - Math.floor(ten / 6)} h of the phase are left`)],
            ...BY,
          }
        : {
            type: 'verdict',
            release: RELEASE,
            action: 'hold',
            reasons: [
              reason('criterion_undecided', 'error_rate', 'error rate of gray: too few requests yet'),
            ],
            ...BY,
          };
    const alert = `a-${number}-${ten}`;
    const hourly: (Order | Wait)[] =
      ten % 6 !== 3
        ? []
        : [
            {type: 'alert', alert, level: 'warning', message: 'gray p95 412 ms, passes below 400 ms', ...BY},
            {type: 'resolve', alert, ...BY},
          ];
    return [verdict, ...hourly, wait(10 * MINUTE - (1 + hourly.length) * SECOND)];
  }).flat();
}

/** The log of three days that end at `endedAt`, milliseconds since 1970. */
export function threeDaysLog(endedAt: number, ending: Ending): Commit[] {
  const story: (Order | Wait)[] = [
    start(PLAN, {release: RELEASE, version: 'v1.1.0', over: 'v1.0.9'}),
    {type: 'take-guard', ...BY},
    ...day(1),
    pause({reason: 'a user report is looked into'}),
    wait(10 * MINUTE),
    resume(),
    ...goOn(0),
    ...day(2),
    ...goOn(1),
    ...day(3),
    ...(ending === 'completed' ? ended() : takenBack()),
  ];
  const inDawn = logOf(...story);
  return logOf(wait(endedAt - (inDawn.at(-1)?.at ?? DAWN)), ...story);
}

/** The guard leaves the phase at this index. */
function goOn(from: number): Order[] {
  const reasons = [reason('phase_time', null, 'the phase has run its 24 h')];
  return [
    {type: 'verdict', release: RELEASE, action: 'advance', reasons, ...BY},
    next(from, {...BY, criteria: [{text: 'error_rate < 0.5 %', outcome: 'holds'}]}),
  ];
}

function ended(): Order[] {
  return [...goOn(2), complete(), ...run('promotion.traffic', 'promotion.traffic-to-prod')];
}

function takenBack(): Order[] {
  const why = 'gray error rate 12.4 %, passes at 10 % or less, held for 5:00';
  const reasons = [reason('guardrail', 'error_rate', why)];
  return [
    {type: 'verdict', release: RELEASE, action: 'rollback', reasons, ...BY},
    {type: 'alert', alert: 'a-last', level: 'critical', message: why, ...BY},
    rollback({reason: why, ...BY}),
    begin('rollback.traffic'),
    end('rollback.traffic', 'done', {
      facts: {ms: 312, routers: 14, confirmed: 14, silent: 0, grayRequestsAfter: 41},
    }),
    ...run('rollback.notify', 'rollback.snapshot'),
  ];
}

/** Sketches of a stretch's requests; a few will do, what counts is how much there is to read. */
function sketches(requests: number, middle: number): {times: LogHistogram; users: DistinctSketch}[] {
  return Array.from({length: 12}, () => {
    const times = new LogHistogram();
    const users = new DistinctSketch();
    for (let n = 0; n < 2000; n++) {
      times.add(middle * Math.exp(0.5 * normal(random)), Math.max(1, Math.round(requests / 2000)));
      users.add(`u-${Math.floor(random() * 20_000)}`);
    }
    return {times, users};
  });
}

interface Measuring {
  startedAt: number;
  from: number;
  to: number;
  ms: number;
  sickFrom: number;
}

/** What was measured between two moments, as whoever guards keeps it: six parts a stretch. */
function rollUps({startedAt, from, to, ms, sickFrom}: Measuring): RollUp[] {
  const perSecond = 400;
  const ofSide = {prod: sketches((perSecond * ms) / 1000, 90), gray: sketches((perSecond * ms) / 1000, 95)};
  const rows: RollUp[] = [];
  for (let t = Math.ceil(from / ms) * ms; t + ms <= to; t += ms) {
    const share = [0.05, 0.2, 0.5][Math.floor((t - startedAt) / DAY)] ?? 0.5;
    const wave = 1 + 0.4 * Math.sin((2 * Math.PI * t) / DAY);
    const parts = (['prod', 'gray'] as Side[]).flatMap(side =>
      (['eligible', 'chosen', 'outside'] as const).map(place => {
        const part = emptyPart(side, place);
        const mean = (perSecond * wave * ms * (side === 'gray' ? share : 1 - share)) / 1000;
        const requests = arrivals(place === 'eligible' ? mean : mean / 20, random);
        const errors = arrivals(requests * (side === 'gray' && t >= sickFrom ? 0.12 : 0.004), random);
        part.entries = 20;
        part.counters.set('requests', requests).set('errors', errors);
        part.counters.set('conversions', arrivals(requests * 0.03, random)).set('unavailable', 0);
        for (const name of [
          'errors.TimeoutError-1a2b',
          'errors.TypeError-9f0c',
          'uses.export',
          'uses.refund',
        ])
          part.counters.set(name, arrivals(requests / 500, random));
        const {times, users} = ofSide[side][Math.floor(random() * 12)]!;
        part.distributions.set('response_time', times);
        part.users = users;
        return part;
      }),
    );
    rows.push({t, body: encodeTally({t, ms, release: RELEASE, parts})});
  }
  return rows;
}

/** Writes it all as those would have left it who were there: log, minutes, the last hour's seconds, a thousand opinions. */
export async function writeThreeDays(
  feature: FeatureStore,
  endedAt: number,
  ending: Ending,
): Promise<number> {
  const commits = threeDaysLog(endedAt, ending);
  for (const commit of commits) {
    const {outcome} = await feature.log.append(commit);
    if (outcome !== 'written') throw new Error(`commit ${commit.version} was not written: ${outcome}`);
  }
  const startedAt = commits[0]!.at;
  const sickFrom = ending === 'completed' ? Infinity : endedAt - 6 * MINUTE;
  const minutes = rollUps({startedAt, from: startedAt, to: endedAt, ms: MINUTE, sickFrom});
  for (let at = 0; at < minutes.length; at += 500)
    await feature.rollUps.write('minutes', minutes.slice(at, at + 500), KEEP_MINUTES_MS);
  const seconds = rollUps({startedAt, from: endedAt - HOUR, to: endedAt, ms: SECOND, sickFrom});
  for (let at = 0; at < seconds.length; at += 500)
    await feature.rollUps.write('seconds', seconds.slice(at, at + 500), KEEP_SECONDS_MS);
  for (let n = 0; n < 1000; n++) {
    const type = FEEDBACK_TYPES[n % FEEDBACK_TYPES.length]!;
    const rating = (1 + Math.floor(random() * 5)) as Rating;
    const where = {phase: ['alpha', 'beta', 'gamma'][n % 3]!, version: n % 5 === 0 ? 'v1.0.9' : 'v1.1.0'};
    await feature.feedback.write(
      encodeFeedback({type, message: `opinion ${n}`, rating, ...where, user: null}),
    );
  }
  return commits.length;
}
