import type {EvidenceEvaluator, CreateEvaluator} from '../analysis/evidence/reading.ts';
import type {EvidenceReading} from '../analysis/evidence/reading.ts';
import {oddsWords} from '../text/amounts.ts';
import {chanceWords, evidenceReason} from '../analysis/judge/reasons.ts';
import {metricWords} from '../analysis/judge/outcome-words.ts';
import type {VerdictAction} from '../release/command.ts';
import type {RecordedHistory, RecordedTick} from './line.ts';

/** An answer to a tick. `hold` is told as `continue`. */
export interface Answer {
  action: VerdictAction;
  reason: string;
}

/** A recording that is judged tick by tick. */
export interface Recording {
  history(tick: RecordedHistory): void;
  tick(tick: RecordedTick): Answer;
}

/** What evidence is asked for where no plan says: one false alarm in a hundred releases, any harm counts. */
const DEFAULT = {falseAlarms: 0.01, margin: 0};

/** The default judge: evidence alone, and what it finds takes gray back. */
export class EvidenceRecording implements Recording {
  readonly #evaluator: EvidenceEvaluator;
  #decided: Answer | null = null;

  constructor(create: CreateEvaluator) {
    this.#evaluator = create(DEFAULT);
  }

  history(tick: RecordedHistory): void {
    this.#evaluator.history(tick);
  }

  tick(tick: RecordedTick): Answer {
    if (this.#decided !== null) return this.#decided;
    const answer = answerOf(this.#evaluator.observe(tick));
    if (answer.action === 'rollback') this.#decided = answer;
    return answer;
  }
}

/** What evidence alone says once it has decided: it takes gray back, or pauses where only prod's history speaks. */
export function answerOf(reading: EvidenceReading): Answer {
  return reading.decided
    ? {action: reading.atMost, reason: evidenceReason(reading).text}
    : {action: 'hold', reason: standing(reading)};
}

/** How evidence stands while it has not decided. */
function standing(reading: EvidenceReading): string {
  const {worst, logE, faults} = reading;
  const about = worst === 'response_time' ? 'response times' : worst === null ? null : metricWords(worst);
  const most = about === null || oddsWords(logE) === null ? '' : `, most of it ${about}`;
  const wrong =
    faults.length === 0 ? '' : '; what is said about people contradicts the requests and is left out';
  return `${chanceWords(reading)}${most}${wrong}`;
}
