import type {EvidenceEvaluator, CreateEvaluator} from '../../analysis/evidence/reading.ts';
import type {EvidenceReading} from '../../analysis/evidence/reading.ts';
import {amount} from '../../analysis/judge/amounts.ts';
import {evidenceReason} from '../../analysis/judge/reasons.ts';
import {metricWords} from '../../analysis/judge/outcome-words.ts';
import type {VerdictAction} from '../../release/command.ts';
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

/** What evidence alone says: it takes gray back once it has decided. */
export function answerOf(reading: EvidenceReading): Answer {
  return reading.decided
    ? {action: 'rollback', reason: evidenceReason(reading).text}
    : {action: 'hold', reason: standing(reading)};
}

/** How evidence stands while it has not decided. */
function standing({logE, limit, worst}: EvidenceReading): string {
  // Adding 0 takes the sign from a 0.
  const tens = (Math.round((logE / Math.LN10) * 10) / 10 + 0).toFixed(1);
  const about = worst === 'response_time' ? 'response times' : worst === null ? null : metricWords(worst);
  const most = about === null ? '' : `, most of it ${about}`;
  return `evidence 10^${tens} of 10^${amount(limit / Math.LN10, 'count')}${most}`;
}
