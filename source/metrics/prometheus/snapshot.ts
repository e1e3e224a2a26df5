import type {ExternalState} from '../../analysis/judge/read-metric.ts';
import type {Unit} from '../../release/plan.ts';
import {isAway, type NumberState} from './fault.ts';
import type {Asked, NumberReading} from './slot.ts';

/** A metric as it stands: what `status` and the console show of it. */
export interface MetricSnapshot {
  name: string;
  source: 'prometheus' | 'feedback';
  unit: Unit;
  better: 'lower' | 'higher' | null;
  /** Whether plan or configuration name it. */
  isWanted: boolean;
  /** In the metric's unit; null for what is no number now. A number that both sides share stands on both. */
  prod: number | null;
  gray: number | null;
  /** Age of the newest sample of the side that lags more, in seconds; null without any. */
  ageSeconds: number | null;
  /** Of gray; `sides` has both. */
  state: NumberState;
  why: string | null;
  sides: {prod: NumberReading; gray: NumberReading};
  /** What Prometheus says beside its answers. */
  warnings: readonly string[];
}

/** How Prometheus does; fits the lights of the console. */
export interface Light {
  name: string;
  state: 'up' | 'away' | 'opening';
  /** Since the last answer, milliseconds; null where there was none yet. */
  ageMs: number | null;
  why: string | null;
}

export function snapshotOf(
  {name, unit, better, isWanted}: Pick<MetricSnapshot, 'name' | 'unit' | 'better' | 'isWanted'>,
  prod: NumberReading,
  gray: NumberReading,
  warnings: readonly string[],
): MetricSnapshot {
  const ages = [prod.ageMs, gray.ageMs].filter(age => age !== null);
  return {
    name,
    source: 'prometheus',
    unit,
    better,
    isWanted,
    prod: prod.value,
    gray: gray.value,
    ageSeconds: ages.length === 0 ? null : Math.max(...ages) / 1000,
    state: gray.state,
    why: gray.why,
    sides: {prod, gray},
    warnings,
  };
}

/**
 * It is away when nothing that was asked last was answered.
 * @param asked what came of each question last
 */
export function lightOf(asked: readonly Asked[], ageMs: number | null): Light {
  const [first] = asked;
  if (first === undefined) return {name: 'prometheus', state: 'opening', ageMs, why: null};
  const isUp = asked.some(({state}) => !isAway(state));
  const [warning = null] = asked.flatMap(({warnings}) => warnings);
  return {name: 'prometheus', state: isUp ? 'up' : 'away', ageMs, why: isUp ? warning : first.why};
}

/** The judge tells fewer states apart. */
export function stateForJudge(state: NumberState): ExternalState {
  switch (state) {
    case 'ok':
      return 'ok';
    case 'nan':
    case 'inf':
      return 'not-a-number';
    case 'empty':
    case 'waiting':
      return 'no-data';
    case 'several':
      return 'many-series';
    case 'lagging':
      return 'stale';
    case 'timeout':
    case 'bad-query':
    case 'unauthorized':
    case 'server-error':
    case 'unreachable':
    case 'not-prometheus':
      return 'away';
  }
}
