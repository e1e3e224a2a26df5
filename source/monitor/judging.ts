import type {CreateEvaluator, EvidenceEvaluator} from '../analysis/evidence/reading.ts';
import type {EvidenceReading, EvidenceSnapshot} from '../analysis/evidence/reading.ts';
import {evidenceTick, sideTick, type Seconds} from '../analysis/judge/evidence-tick.ts';
import type {ExternalNumbers} from '../analysis/judge/read-metric.ts';
import {judge, overrule, type JudgeState, type Judgement} from '../analysis/judge/judge.ts';
import type {Measured} from '../analysis/judge/window-reader.ts';
import {type FindTraits, ofRelease} from '../analysis/judge/situation.ts';
import type {Cohort, Side} from '../analysis/numbers.ts';
import {isSteady} from '../analysis/windows/pace.ts';
import type {SecondCounts} from '../analysis/windows/windows.ts';
import type {Overruling, Release} from '../release/state.ts';
import type {Split} from '../release/split.ts';
import type {Checkpoint} from './checkpoint.ts';

/** What samples are read from; `Windows` is one. */
export interface JudgedWindows extends Measured, Seconds {
  second(side: Side, at: number, cohort: Cohort | 'everything'): SecondCounts | null;
}

/** What a judgement is made with, beside the release. */
export interface JudgingOptions {
  windows: JudgedWindows;
  external: ExternalNumbers;
  /** How far the stream of samples is ahead of the store's clock, milliseconds; null: it is not. */
  aheadMs(): number | null;
  traits: FindTraits;
  /** Null: no evidence is gathered. */
  createEvaluator: CreateEvaluator | null;
}

/** What is known of the release at a look. */
export interface ReleaseFacts {
  release: Release;
  split: Split;
  /** The percent that every live router confirmed; null while any differs. */
  applied: number | null;
  /** Log version it is read from. */
  version: number;
}

/** Prod before the release that evidence learns from, milliseconds. */
const HISTORY_MS = 300_000;
/**
 * An overruling counts from this long before it was written, milliseconds: the second that is judged right after a person
 * resumed ended before that, and must not pause the release again.
 */
const OVERRULED_BEFORE_MS = 2000;
/** How far back gray is listened for to see how long its clock may have run, milliseconds. */
const HEARD_MS = 300_000;

/** Judges one release second by second, and can say all it knows. */
export class Judging {
  readonly releaseId: string;
  /** Nothing before it counts. */
  readonly notBefore: number;
  readonly #options: JudgingOptions;
  #judge: JudgeState | null;
  #evidence: EvidenceEvaluator | null = null;
  #snapshot: EvidenceSnapshot | null;
  #reading: EvidenceReading | null = null;
  #version: number;
  /** Number of the last overruling that was applied; null: those up to `at`. */
  #overruled: number | null;
  /** The end of the last second that was judged. */
  #at: number;

  constructor(options: JudgingOptions, from: Omit<Checkpoint, 'schema'>) {
    this.#options = options;
    this.releaseId = from.release;
    this.notBefore = from.notBefore;
    this.#judge = from.judge;
    this.#snapshot = from.evidence;
    this.#version = from.version;
    this.#overruled = from.overruled ?? null;
    this.#at = from.at;
  }

  get at(): number {
    return this.#at;
  }

  /** Judges the second that ends at `at`. Each second once, in order; seconds may be left out. */
  look(at: number, facts: ReleaseFacts): Judgement {
    const {release, split, applied, version} = facts;
    const {windows, external, traits, aheadMs} = this.#options;
    const {pace = null} = windows;
    this.#prepare(release);
    this.#overrule(at, release);
    this.#observe(at, release);
    const {splitChangedAt} = release;
    // A clock that went back leaves the split in the future, and what counts since then is what counts.
    const since = splitChangedAt > at ? this.notBefore : Math.max(splitChangedAt, this.notBefore);
    const {state, judgement} = judge(this.#judge, {
      ...ofRelease(release, this.#servedUntil(at, since)),
      at,
      since,
      applied,
      // Counters know no audience: then the share that gray ought to have is not known.
      tiers: pace === null || split.tiers.every(({audience}) => audience === null) ? split.tiers : [],
      measured: windows,
      aheadMs: aheadMs(),
      external,
      traits,
      evidence: this.#reading,
    });
    this.#judge = state;
    this.#at = at;
    this.#version = version;
    return judgement;
  }

  checkpoint(): Checkpoint {
    return {
      schema: 'graydeck.checkpoint/1',
      release: this.releaseId,
      at: this.#at,
      notBefore: this.notBefore,
      version: this.#version,
      ...(this.#overruled === null ? {} : {overruled: this.#overruled}),
      judge: this.#judge,
      evidence: this.#evidence?.snapshot() ?? this.#snapshot,
    };
  }

  /** A phase has run for as long as gray was heard: what has not been seen yet is not served. */
  #servedUntil(at: number, since: number): number {
    return this.#options.windows.heardAt('gray', {from: at - HEARD_MS, to: at}) ?? Math.min(at, since);
  }

  /** What people resumed in spite of since the last look: those findings and no others, each once. */
  #overrule(at: number, {overruled}: Release): void {
    const known = this.#overruled ?? numberUpTo(overruled, this.#at);
    const until = at + OVERRULED_BEFORE_MS;
    const due = overruled.filter(one => one.number > known && one.at < until);
    this.#overruled = due.at(-1)?.number ?? known;
    for (const {because} of due) {
      const keys = because.flatMap(cause => (cause.kind === 'guardrail' ? [cause.key] : []));
      if (this.#judge !== null) this.#judge = overrule(this.#judge, keys);
      for (const cause of because) if (cause.kind === 'evidence') this.#startAgain(cause.metric);
    }
  }

  /** @param metric null: evidence named none, so that all of it starts again */
  #startAgain(metric: string | null): void {
    const evidence = this.#evidence;
    if (evidence === null) return;
    const metrics = metric === null ? (evidence.read()?.metrics ?? []).map(one => one.metric) : [metric];
    for (const one of metrics) evidence.startAgain(one);
    this.#reading = evidence.read();
  }

  /** Makes the evaluator with the first look: from the checkpoint, or taught by what prod was before the release. */
  #prepare({plan, startedAt}: Release): void {
    const {createEvaluator} = this.#options;
    if (plan.evidence === null || createEvaluator === null || this.#evidence !== null) return;
    const {falseAlarms, margin} = plan.evidence;
    this.#evidence = createEvaluator({falseAlarms, margin}, this.#snapshot ?? undefined);
    if (this.#snapshot === null) this.#teach(this.#evidence, Math.max(startedAt, this.notBefore));
    this.#snapshot = null;
    this.#reading = this.#evidence.read();
  }

  #observe(at: number, {percent, startedAt}: Release): void {
    if (this.#evidence === null) return;
    const {windows} = this.#options;
    const {pace = null} = windows;
    const second = at - 1000 - (pace?.lagMs ?? 0);
    const isKnown = second >= this.notBefore && (pace === null || second >= startedAt);
    const tick = isKnown ? evidenceTick(windows, second, percent) : null;
    if (tick === null || (pace !== null && !isSteady(windows, second, pace))) return;
    this.#reading = this.#evidence.observe(tick);
  }

  #teach(evidence: EvidenceEvaluator, before: number): void {
    const end = Math.floor(before / 1000) * 1000;
    for (let at = end - HISTORY_MS; at < end; at += 1000) {
      const counts = this.#options.windows.second('prod', at, 'everything');
      if (counts !== null && counts.requests > 0)
        evidence.history({t: Math.floor(at / 1000), prod: sideTick(counts)});
    }
  }
}

/** Number of the last overruling up to a moment; 0: none. */
function numberUpTo(overruled: readonly Overruling[], at: number): number {
  return overruled.findLast(one => one.at <= at)?.number ?? 0;
}
