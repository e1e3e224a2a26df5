import {NO_EXTERNAL, type ExternalNumbers} from '../../../source/analysis/judge/read-metric.ts';
import {
  judge,
  type JudgeOptions,
  type Judgement,
  type JudgeState,
} from '../../../source/analysis/judge/judge.ts';
import {judgeCondition} from '../../../source/analysis/judge/judge-condition.ts';
import {WindowReader} from '../../../source/analysis/judge/window-reader.ts';
import type {Outcome} from '../../../source/analysis/judge/outcome.ts';
import type {Situation} from '../../../source/analysis/judge/situation.ts';
import type {DeclaredMetrics} from '../../../source/analysis/metric-table.ts';
import type {Cohort, Side} from '../../../source/analysis/numbers.ts';
import {emptyPart} from '../../../source/analysis/windows/roll-up.ts';
import {LogHistogram} from '../../../source/analysis/sketches/log-histogram.ts';
import {Windows} from '../../../source/analysis/windows/windows.ts';
import {builtInPlan} from '../../../source/config/plan/built-in.ts';
import {readCondition} from '../../../source/config/condition/condition.ts';
import {metricBook, type MetricDeclaration} from '../../../source/config/condition/metric-book.ts';
import type {Condition, Guardrail, Phase, Plan} from '../../../source/release/plan.ts';
import {T0} from '../feed.ts';

/** What a side shows in a second: counters by name, response times, gauges. */
export interface Shown {
  counters?: Record<string, number>;
  times?: readonly number[];
  gauges?: Record<string, number>;
  cohort?: Cohort;
}

/** `requests` a second with so many errors and conversions among them. */
export function traffic(requests: number, errors = 0, conversions = 0, time = 100): Shown {
  return {
    counters: {requests, errors, conversions},
    times: Array.from({length: requests}, () => time),
  };
}

/** A release that is judged second by second: windows, a clock, and the judge's own memory. */
export class Scene {
  readonly windows: Windows;
  readonly book;
  plan: Plan;
  at = T0;
  since = T0;
  percent = 50;
  applied: number | null = 50;
  aheadMs: number | null = null;
  phase = 1;
  state: Situation['state'] = 'rolling';
  ranMs = 0;
  left: Situation['left'] = [];
  external: ExternalNumbers = NO_EXTERNAL;
  evidence: Situation['evidence'] = null;
  memory: JudgeState | null = null;
  options: JudgeOptions = {};

  constructor(
    plan: Partial<Plan> = {},
    declared: DeclaredMetrics = {},
    metrics: Record<string, MetricDeclaration> = {},
  ) {
    this.plan = {...builtInPlan, guardrails: [], evidence: null, ...plan};
    this.windows = new Windows(declared);
    this.book = metricBook(metrics);
    this.begin();
  }

  begin(): void {
    this.windows.begin({release: 'r1', splitVersion: 1, since: this.since});
  }

  condition(text: string): Condition {
    return condition(text, this.book);
  }

  show(side: Side, {counters = {}, times = [], gauges = {}, cohort = 'eligible'}: Shown, at = this.at): void {
    const part = emptyPart(side, cohort);
    part.entries = 1;
    for (const [name, count] of Object.entries(counters)) part.counters.set(name, count);
    for (const [name, value] of Object.entries(gauges)) part.gauges.set(name, {value, at});
    if (times.length > 0) {
      const values = new LogHistogram();
      for (const time of times) values.add(time);
      part.distributions.set('response_time', values);
    }
    this.#parts.push(part);
  }

  /** One second of both sides; what is null is silent. */
  second(gray: Shown | null, prod: Shown | null): void {
    if (gray !== null) this.show('gray', gray);
    if (prod !== null) this.show('prod', prod);
    this.flush();
    this.at += 1000;
  }

  seconds(count: number, gray: Shown | null, prod: Shown | null): void {
    for (let index = 0; index < count; index++) this.second(gray, prod);
  }

  flush(): void {
    if (this.#parts.length > 0)
      this.windows.restore({t: this.at, ms: 1000, release: 'r1', parts: this.#parts.splice(0)});
  }

  look(): WindowReader {
    const {at, since, percent, windows, external, book} = this;
    return new WindowReader({
      at,
      since,
      percent,
      measured: windows,
      external,
      traits: name => book.find(name),
    });
  }

  outcome(text: string): Outcome {
    return judgeCondition(this.condition(text), this.look());
  }

  situation(): Situation {
    const {at, plan, state, phase, ranMs, percent, applied, since, left, windows, external, book} = this;
    return {
      at,
      release: 'r1',
      aheadMs: this.aheadMs,
      plan,
      state,
      phase,
      ranMs,
      percent,
      applied,
      since,
      tiers: [{audience: null, percent}],
      left,
      measured: windows,
      external,
      traits: name => book.find(name),
      evidence: this.evidence,
    };
  }

  judge(): Judgement {
    const {state, judgement} = judge(this.memory, this.situation(), this.options);
    // A checkpoint is JSON: whatever the judge needs must survive it.
    this.memory = JSON.parse(JSON.stringify(state)) as JudgeState;
    return judgement;
  }

  /** Judges after every second of so many, and gives the last judgement. */
  watch(count: number, gray: Shown | null, prod: Shown | null): Judgement {
    let judgement = this.judge();
    for (let index = 0; index < count; index++) {
      this.second(gray, prod);
      judgement = this.judge();
    }
    return judgement;
  }

  readonly #parts: ReturnType<typeof emptyPart>[] = [];
}

export function condition(text: string, book = metricBook()): Condition {
  const read = readCondition(text, book);
  if (!read.ok) throw new Error(read.problems.map(({message}) => message).join('; '));
  return read.value;
}

export function guardrail(when: string, then: Guardrail['then'], forMs = 0): Guardrail {
  return {when: condition(when), forMs, then, level: then === 'rollback' ? 'critical' : 'warning'};
}

export function phase(name: string, percent: number, more: Partial<Phase> = {}): Phase {
  return {
    name,
    percent,
    durationMs: 60_000,
    audience: null,
    include: {users: [], rules: []},
    criteria: [],
    needsEarlierCriteria: false,
    manual: false,
    whenStale: null,
    ...more,
  };
}

export function criterion(text: string, dryRun = false): Phase['criteria'][number] {
  return {condition: condition(text), dryRun};
}
