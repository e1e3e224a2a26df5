import type {EvidenceReading} from '../analysis/evidence/reading.ts';
import {NO_EXTERNAL} from '../analysis/judge/read-metric.ts';
import type {Tally} from '../analysis/windows/roll-up.ts';
import {Windows} from '../analysis/windows/windows.ts';
import {DEFAULT_EVIDENCE, EMPTY_PLAN} from '../config/plan/built-in.ts';
import {emptyFold, fold, type Folded} from '../controller/fold.ts';
import {Judging} from '../monitor/judging.ts';
import {RecordingLines} from '../replay/recording.ts';
import type {Commit} from '../release/commit.ts';
import {hasGrayRoute} from '../release/derive-split.ts';
import type {Release} from '../release/state.ts';
import {PlanProgress, keepSeconds} from './plan-recording.ts';
import {answerOf, type Answer} from './recording.ts';
import type {JudgeBy} from './recordings.ts';

/** Seconds without data that are judged before the next one with data, at most, milliseconds: as a guard that was away. */
const CATCH_UP_MS = 900_000;
const NOTHING: Answer = {action: 'hold', reason: 'no release has gray at this moment'};
const UNSEEN: Answer = {action: 'hold', reason: 'nothing to compare yet'};
/** Evidence alone. */
const EVIDENCE_ALONE = {...EMPTY_PLAN, evidence: DEFAULT_EVIDENCE};

/** One release of a recording, and how its judgement stands. */
interface RecordedJudging {
  judging: Judging;
  progress: PlanProgress;
  /** The last word, which nothing changes any more. */
  final: Answer | null;
}

/**
 * A feature as `record` has written it down, judged second by second by the very code of the guard: the samples go
 * through windows, the commits say which release has gray, since when, and at which percentage. With a plan, its phases go
 * on by its own time, as if every `advance` had been followed; without one evidence alone is judged.
 */
export class RecordedFeature {
  readonly name: string;
  readonly #by: JudgeBy;
  readonly #lines = new RecordingLines();
  readonly #windows: Windows;
  #folded: Folded;
  /** Commits that are still to come at the moment that is judged, each with when it was there. */
  #ahead: {at: number; commit: Commit}[] = [];
  #newestAt = Number.NEGATIVE_INFINITY;
  /** End of the second that was judged last. */
  #at: number | null = null;
  #judged: RecordedJudging | null = null;
  #answer = NOTHING;
  #begun = '';

  constructor(name: string, by: JudgeBy) {
    this.name = name;
    this.#by = by;
    this.#folded = emptyFold(name);
    this.#windows = new Windows({...by.declared, keepSeconds: keepSeconds(by.plan ?? EVIDENCE_ALONE)});
  }

  /** Takes the next line: what is wrong with it, or the answer to it, which only a second has. */
  take(text: string): {wrong: string} | {answer: Answer | null} {
    const taken = this.#lines.take(text);
    switch (taken?.type) {
      case 'mistake':
        return {wrong: `allowed is ${taken.mistake.allowed}`};
      case 'commit':
        this.#newestAt = Math.max(this.#newestAt, taken.commit.at);
        this.#ahead.push({at: this.#newestAt, commit: taken.commit});
        return {answer: null};
      case 'second':
        return {answer: this.#second(taken.tally)};
      case 'head':
      case 'routers':
      case undefined:
        return {answer: null};
    }
  }

  /** A second that was judged already, or comes late, changes nothing and is answered as the last one. */
  #second(tally: Tally): Answer {
    const end = tally.t + 1000;
    if (this.#at !== null && end <= this.#at) return this.#answer;
    const from = Math.max(this.#at ?? tally.t, end - CATCH_UP_MS);
    for (let at = from + 1000; at < end; at += 1000) this.#look(at);
    this.#know(end);
    this.#windows.restore(tally);
    this.#look(end);
    this.#at = end;
    return this.#answer;
  }

  /** Folds in the commits that were there at a moment. */
  #know(at: number): void {
    while ((this.#ahead[0]?.at ?? Infinity) <= at) {
      const next = this.#ahead.shift();
      if (next !== undefined) this.#folded = fold(this.#folded, next.commit);
    }
    const {state, splitVersion} = this.#folded;
    const {release} = state;
    const begin =
      release === null
        ? {release: null, splitVersion: 0, since: 0}
        : {release: release.id, splitVersion, since: release.splitChangedAt};
    const named = JSON.stringify(begin);
    if (named !== this.#begun) this.#windows.begin(begin);
    this.#begun = named;
  }

  #look(at: number): void {
    this.#know(at);
    const {release} = this.#folded.state;
    if (!hasGrayRoute(release)) {
      this.#answer = this.#judged?.final ?? NOTHING;
      return;
    }
    if (this.#judged?.judging.releaseId !== release.id) this.#judged = this.#begin(release.id, at - 1000);
    const judged = this.#judged;
    this.#answer = judged.final ?? this.#judge(judged, release, at);
    if (this.#answer.action === 'rollback') judged.final = this.#answer;
  }

  #begin(release: string, at: number): RecordedJudging {
    const {plan, traits, createEvaluator} = this.#by;
    const means = {
      windows: this.#windows,
      external: NO_EXTERNAL,
      traits,
      createEvaluator,
      aheadMs: () => null,
    };
    const from = {release, at, notBefore: 0, version: 0, judge: null, evidence: null};
    return {
      judging: new Judging(means, from),
      progress: new PlanProgress(plan ?? EVIDENCE_ALONE),
      final: null,
    };
  }

  #judge({judging, progress}: RecordedJudging, release: Release, at: number): Answer {
    progress.serve(1000);
    const {plan, state, phase, ranMs, left, since} = progress;
    const {percent, splitChangedAt} = release;
    const judgement = judging.look(at, {
      release: {
        ...release,
        plan,
        state,
        phase,
        left,
        overruled: [],
        clock: {ranMs, since: null, held: null},
        splitChangedAt: Math.max(splitChangedAt, since ?? splitChangedAt),
      },
      split: this.#folded.split,
      applied: percent,
      version: this.#folded.head?.version ?? 0,
    });
    if (this.#by.plan === null) return alone(judgement.evidence);
    return progress.follow(judgement, at, percent);
  }
}

function alone(reading: EvidenceReading | null): Answer {
  return reading === null ? UNSEEN : answerOf(reading);
}
