import type {CreateEvaluator, EvidenceEvaluator} from '../analysis/evidence/reading.ts';
import type {SideTick} from '../analysis/evidence/tick.ts';
import {type JudgeState, type Judgement, judge} from '../analysis/judge/judge.ts';
import {hasToShow} from '../analysis/judge/longest-window.ts';
import {NO_EXTERNAL} from '../analysis/judge/read-metric.ts';
import type {FindTraits} from '../analysis/judge/situation.ts';
import {PHASE_AT_MOST_MS} from '../analysis/judge/window-reader.ts';
import type {Side} from '../analysis/numbers.ts';
import {LogHistogram} from '../analysis/sketches/log-histogram.ts';
import {BY_SECONDS_MS, LongWindows} from '../analysis/windows/long-windows.ts';
import {MINUTE_MS, Minutes} from '../analysis/windows/minutes.ts';
import {type Tally, type TallyPart, emptyPart, mergeTallies} from '../analysis/windows/roll-up.ts';
import {Windows} from '../analysis/windows/windows.ts';
import type {Plan} from '../release/plan.ts';
import type {Release} from '../release/state.ts';
import type {RecordedHistory, RecordedSide, RecordedTick} from './line.ts';
import type {Answer, Recording} from './recording.ts';

/** How far a plan has come on a recording, as if every `advance` had been followed. */
export class PlanProgress {
  readonly plan: Plan;
  phase = 0;
  /** How long the phase has run, milliseconds. */
  ranMs = 0;
  /** When the phase began; null: with the recording. */
  since: number | null = null;
  state: Release['state'] = 'rolling';
  left: Release['left'] = [];
  #isRunning = true;
  #final: Answer | null = null;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  /** A rollback is the last word; null: none was said. */
  get final(): Answer | null {
    return this.#final;
  }

  /** Time passes in which the phase runs, unless its clock is held. */
  serve(ms: number): void {
    if (this.#isRunning && this.state === 'rolling') this.ranMs += ms;
  }

  /** What a judgement says, and what follows from it. @param percent that gray has, 0–100 */
  follow({verdict, next, left, heldClock}: Judgement, at: number, percent: number): Answer {
    this.#isRunning = heldClock === null;
    const {action, reasons} = verdict;
    const answer: Answer = {action, reason: reasons.map(({text}) => text).join('; ')};
    if (action === 'rollback') this.#final = answer;
    else if (action === 'pause') this.state = 'paused';
    else if (next !== null) this.#goOn(at, percent, left);
    return answer;
  }

  #goOn(at: number, percent: number, criteria: Judgement['left']): void {
    this.left = [...this.left, {phase: this.phase, at, percent, criteria}];
    if (this.phase === this.plan.phases.length - 1) {
      this.state = 'promoting';
      return;
    }
    this.phase += 1;
    this.ranMs = 0;
    this.since = at;
  }
}

/** Second 0 of a recording: any moment will do, as long as nothing lies before 1970. */
const ORIGIN_MS = 2_000_000_000_000;
const RELEASE = 'recorded';

/**
 * A plan judged on a recording: conditions, guardrails, criteria and evidence, as the guard would. The share that gray
 * had is the recording's; phases go on by the plan's own time, as if every `advance` had been followed.
 */
export class PlanRecording implements Recording {
  readonly #progress: PlanProgress;
  readonly #traits: FindTraits;
  readonly #near: Windows;
  /** What is older, minute by minute, as the guard has it; null where no phase has to show anything. */
  readonly #far: Minutes | null;
  #minute: Tally | null = null;
  readonly #windows: LongWindows;
  readonly #evaluator: EvidenceEvaluator | null;
  readonly #tickMs: number;
  /** Used for every tick: windows take what is in them. */
  readonly #times = {prod: new LogHistogram(), gray: new LogHistogram()};
  #memory: JudgeState | null = null;
  #at: number | null = null;
  #since = ORIGIN_MS;

  constructor(plan: Plan, traits: FindTraits, tickSeconds: number, create: CreateEvaluator) {
    this.#progress = new PlanProgress(plan);
    this.#traits = traits;
    this.#tickMs = tickSeconds * 1000;
    this.#near = new Windows({keepSeconds: keepSeconds(plan)});
    this.#far = hasToShow(plan) ? new Minutes(PHASE_AT_MOST_MS / MINUTE_MS) : null;
    this.#windows = new LongWindows(this.#near, () => this.#far);
    this.#near.begin({release: RELEASE, splitVersion: 0, since: ORIGIN_MS});
    this.#evaluator = plan.evidence === null ? null : create(plan.evidence);
  }

  history(tick: RecordedHistory): void {
    this.#evaluator?.history(tick);
  }

  tick(tick: RecordedTick): Answer {
    const progress = this.#progress;
    if (progress.final !== null) return progress.final;
    const at = this.#next(tick.t);
    progress.serve(this.#tickMs);
    const begin = Math.floor((at - this.#tickMs) / 1000) * 1000;
    const parts = (['prod', 'gray'] as const).flatMap(
      side => partOf(side, tick[side], this.#times[side]) ?? [],
    );
    if (parts.length > 0) this.#keep({t: begin, ms: 1000, release: RELEASE, parts});
    const evidence = this.#evaluator?.observe(tick) ?? null;
    const {plan, state, phase, ranMs, left} = progress;
    const percent = Math.round((tick.grayShare ?? plan.phases[phase]?.percent ?? 0) * 10_000) / 100;
    const judged = judge(
      this.#memory,
      {
        at,
        release: RELEASE,
        aheadMs: null,
        plan,
        state,
        phase,
        ranMs,
        percent,
        applied: percent,
        since: this.#since,
        tiers: [{audience: null, percent}],
        left,
        measured: this.#windows,
        external: NO_EXTERNAL,
        traits: this.#traits,
        evidence,
      },
      {longestGapMs: Math.max(5000, 3 * this.#tickMs)},
    );
    this.#memory = judged.state;
    const answer = progress.follow(judged.judgement, at, percent);
    if (progress.since === at) this.#begin(at);
    return answer;
  }

  #keep(second: Tally): void {
    this.#near.restore(second);
    if (this.#far === null) return;
    const t = Math.floor(second.t / MINUTE_MS) * MINUTE_MS;
    const before = this.#minute;
    if (before !== null && before.t !== t) this.#far.restore(before);
    const seconds = before === null || before.t !== t ? [second] : [before, second];
    this.#minute = mergeTallies(t, MINUTE_MS, seconds);
  }

  #next(t: number): number {
    const said = ORIGIN_MS + t * 1000;
    const before = this.#at ?? Math.max(ORIGIN_MS, said - this.#tickMs);
    if (this.#at === null) this.#begin(before);
    this.#at = Math.max(said, before + this.#tickMs);
    return this.#at;
  }

  #begin(since: number): void {
    this.#since = since;
    this.#near.begin({release: RELEASE, splitVersion: 0, since});
  }
}

/** How far back the windows of a plan reach, seconds. */
export function keepSeconds({guardrails, phases}: Pick<Plan, 'guardrails' | 'phases'>): number {
  const conditions = [
    ...guardrails.map(({when}) => when),
    ...phases.flatMap(({criteria}) => criteria.map(({condition}) => condition)),
  ];
  // The split is looked at over five minutes; what is no older than a quarter of an hour is read by the second.
  return Math.max(
    hasToShow({guardrails, phases}) ? (BY_SECONDS_MS + MINUTE_MS) / 1000 : 480,
    ...conditions.map(({overMs}) => overMs / 1000 + 60),
  );
}

/** A side of a tick as windows keep a second; null when it says nothing. @param times is filled with its response times */
function partOf(
  side: Side,
  {requests, errors, conversions, unavailable, hist, latencySumMs, people}: RecordedSide,
  times: LogHistogram,
): TallyPart | null {
  if (requests === 0 && hist.length === 0) return null;
  const part = emptyPart(side, 'eligible');
  part.entries = 1;
  part.counters.set('requests', requests).set('errors', errors).set('conversions', conversions);
  if (unavailable !== null) part.counters.set('unavailable', unavailable);
  if (people !== undefined) part.people = {...people, requests: people.requests ?? requests};
  if (hist.length > 0) part.distributions.set('response_time', fill(times, hist, latencySumMs ?? 0));
  return part;
}

function fill(times: LogHistogram, hist: SideTick['hist'], sumMs: number): LogHistogram {
  times.clear();
  const put = (entry: SideTick['hist'][number] | undefined) => {
    if (entry !== undefined && entry[1] > 0) times.add(middleOf(entry[0]), entry[1]);
  };
  // Both ends first, so that room is made once.
  put(hist.at(-1));
  for (let index = 0; index < hist.length - 1; index++) put(hist[index]);
  if (sumMs > 0) times.sum = sumMs;
  return times;
}

const MIDDLES = new Map<number, number>();

/** The time in the middle of a bucket, milliseconds. */
function middleOf(bucket: number): number {
  let middle = MIDDLES.get(bucket);
  if (middle === undefined) MIDDLES.set(bucket, (middle = 2 ** ((bucket + 0.5) / 8)));
  return middle;
}
