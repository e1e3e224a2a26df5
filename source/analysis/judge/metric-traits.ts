import type {Unit} from '../../release/plan.ts';

/** What the judge needs to know of a metric beside its numbers. */
export interface MetricTraits {
  unit: Unit;
  /** Which way is better; null where neither is. */
  better: 'lower' | 'higher' | null;
}

/** The traits of a metric by the name conditions use; null where it is not known. `config/metric-book.ts` has them. */
export type FindTraits = (name: string) => MetricTraits | null;
