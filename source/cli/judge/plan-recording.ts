import type {CreateEvaluator, EvidenceEvaluator} from '../../analysis/evidence/evaluator.ts';
import type {SideTick} from '../../analysis/evidence/tick.ts';
import {NO_EXTERNAL} from '../../analysis/judge/external.ts';
import {judge, type JudgeState} from '../../analysis/judge/judge.ts';
import type {FindTraits} from '../../analysis/judge/metric-traits.ts';
import type {Situation} from '../../analysis/judge/situation.ts';
import {LogHistogram} from '../../analysis/sketches/log-histogram.ts';
import type {Side} from '../../analysis/numbers.ts';
import {emptyPart, type TallyPart} from '../../analysis/windows/roll-up.ts';
import {Windows} from '../../analysis/windows/windows.ts';
import type {Plan} from '../../release/plan.ts';
import type {RecordedHistory, RecordedSide, RecordedTick} from './line.ts';
import type {Answer, Recording} from './recording.ts';

/** Second 0 of a recording: any moment will do, as long as nothing lies before 1970. */
const ORIGIN_MS = 2_000_000_000_000;
const RELEASE = 'recorded';

/**
 * A plan judged on a recording: conditions, guardrails, criteria and evidence, as the guard would. The share that gray
 * had is the recording's; phases go on by the plan's own time, as if every `advance` had been followed.
 */
export class PlanRecording implements Recording {
  readonly #plan: Plan;
  readonly #traits: FindTraits;
  readonly #windows: Windows;
  readonly #evaluator: EvidenceEvaluator | null;
  readonly #tickMs: number;
  /** Used for every tick: windows take what is in them. */
  readonly #times = {prod: new LogHistogram(), gray: new LogHistogram()};
  #memory: JudgeState | null = null;
  #at: number | null = null;
  #since = ORIGIN_MS;
  #phase = 0;
  #ranMs = 0;
  #isRunning = true;
  #state: Situation['state'] = 'rolling';
  #left: Situation['left'] = [];
  #final: Answer | null = null;

  constructor(plan: Plan, traits: FindTraits, tickSeconds: number, create: CreateEvaluator) {
    this.#plan = plan;
    this.#traits = traits;
    this.#tickMs = tickSeconds * 1000;
    this.#windows = new Windows({keepSeconds: keepSeconds(plan)});
    this.#windows.begin({release: RELEASE, splitVersion: 0, since: ORIGIN_MS});
    this.#evaluator = plan.evidence === null ? null : create(plan.evidence);
  }

  history(tick: RecordedHistory): void {
    this.#evaluator?.history(tick);
  }

  tick(tick: RecordedTick): Answer {
    if (this.#final !== null) return this.#final;
    const at = this.#next(tick.t);
    if (this.#isRunning && this.#state === 'rolling') this.#ranMs += this.#tickMs;
    const begin = Math.floor((at - this.#tickMs) / 1000) * 1000;
    const parts = (['prod', 'gray'] as const).flatMap(
      side => partOf(side, tick[side], this.#times[side]) ?? [],
    );
    if (parts.length > 0) this.#windows.restore({t: begin, ms: 1000, release: RELEASE, parts});
    const evidence = this.#evaluator?.observe(tick) ?? null;
    const percent =
      Math.round((tick.grayShare ?? this.#plan.phases[this.#phase]?.percent ?? 0) * 10_000) / 100;
    const {state, judgement} = judge(
      this.#memory,
      {
        at,
        release: RELEASE,
        plan: this.#plan,
        state: this.#state,
        phase: this.#phase,
        ranMs: this.#ranMs,
        percent,
        applied: percent,
        since: this.#since,
        tiers: [{audience: null, percent}],
        left: this.#left,
        measured: this.#windows,
        external: NO_EXTERNAL,
        traits: this.#traits,
        evidence,
      },
      {longestGapMs: Math.max(5000, 3 * this.#tickMs)},
    );
    this.#memory = state;
    this.#isRunning = judgement.heldClock === null;
    const {action, reasons} = judgement.verdict;
    const answer: Answer = {action, reason: reasons.map(({text}) => text).join('; ')};
    if (action === 'rollback') this.#final = answer;
    else if (action === 'pause') this.#state = 'paused';
    else if (judgement.next !== null) this.#goOn(at, percent, judgement.left);
    return answer;
  }

  #next(t: number): number {
    const said = ORIGIN_MS + t * 1000;
    const before = this.#at ?? Math.max(ORIGIN_MS, said - this.#tickMs);
    if (this.#at === null) this.#begin(before);
    this.#at = Math.max(said, before + this.#tickMs);
    return this.#at;
  }

  #goOn(at: number, percent: number, criteria: {text: string; outcome: string}[]): void {
    this.#left = [...this.#left, {phase: this.#phase, at, percent, criteria}];
    if (this.#phase === this.#plan.phases.length - 1) {
      this.#state = 'promoting';
      return;
    }
    this.#phase += 1;
    this.#ranMs = 0;
    this.#begin(at);
  }

  #begin(since: number): void {
    this.#since = since;
    this.#windows.begin({release: RELEASE, splitVersion: 0, since});
  }
}

function keepSeconds({guardrails, phases}: Plan): number {
  const conditions = [
    ...guardrails.map(({when}) => when),
    ...phases.flatMap(({criteria}) => criteria.map(({condition}) => condition)),
  ];
  // The split is looked at over five minutes.
  return Math.max(480, ...conditions.map(({overMs}) => overMs / 1000 + 60));
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
