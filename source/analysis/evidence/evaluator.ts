import type {EvidenceOptions, EvidenceReading, EvidenceSnapshot} from './reading.ts';
import type {EvidenceTick, HistoryTick} from './tick.ts';

/**
 * Compares gray with prod, second by second, with one budget of false alarms for all metrics and all looks.
 * Its answer depends on the options and on what it was shown, in this order, and on nothing else.
 */
export interface EvidenceEvaluator {
  /** Prod before the release: teaches how its events cluster and how restless its minutes are. Before `observe`. */
  history(tick: HistoryTick): void;
  /** The next second of both sides. Seconds without requests on a side may be shown or left out. */
  observe(tick: EvidenceTick): EvidenceReading;
  /**
   * The finding on this metric starts again from nothing: a person went on although it had decided. Other findings keep
   * their capital. `decided` becomes false unless another one decided. A metric it does not know changes nothing.
   */
  startAgain(metric: string): void;
  /** What it says after the last second it was shown; null before the first. */
  read(): EvidenceReading | null;
  /** All it knows. An evaluator made from it goes on as if it had never stopped. */
  snapshot(): EvidenceSnapshot;
}

/** Makes an evaluator, fresh or from a checkpoint; one of another version or other options is taken for none. */
export type CreateEvaluator = (options: EvidenceOptions, from?: EvidenceSnapshot) => EvidenceEvaluator;
