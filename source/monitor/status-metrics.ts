import type {Side, SideNumbers} from '../analysis/numbers.ts';
import {METRIC_NAMES} from '../analysis/metrics.ts';
import {shownNames, valueOf} from '../analysis/metric-value.ts';
import {breaks, limitsOf} from '../analysis/limits.ts';
import type {NumberState} from '../metrics/prometheus/fault.ts';
import type {MetricSnapshot} from '../metrics/prometheus/snapshot.ts';
import type {MonitorSnapshot} from './snapshot.ts';

/**
 * `ok` and `over` against the most severe limit of the plan; `unlimited` where the plan has none; `no-data` where no
 * sample says anything, and for numbers by Prometheus why they are none.
 */
export type MetricState = 'ok' | 'over' | 'unlimited' | 'no-data' | NumberState;

/** A metric in the document of `status`. */
export interface MetricLine {
  name: string;
  source: 'samples' | MetricSnapshot['source'];
  prod: number | null;
  gray: number | null;
  /** The most severe limit of the plan, in the metric's unit. */
  limit: number | null;
  ageSeconds: number | null;
  state: MetricState;
}

/** Errors of different kinds that are told. */
const MOST_ERRORS = 10;

/** Every metric: the standard ones, those of Prometheus, and what else the samples speak of. Samples come first. */
export function metricsOf(seen: MonitorSnapshot): MetricLine[] {
  const {externals, otherNames} = seen;
  const numbers = numbersOf(seen);
  const told = new Map(externals.map(external => [external.name, external]));
  const others = [...told.keys()].filter(name => !(METRIC_NAMES as readonly string[]).includes(name));
  const names = numbers.prod === null ? [] : otherNames;
  const byName = shownNames(names, numbers, MOST_ERRORS).filter(name => !told.has(name));
  return [...METRIC_NAMES, ...others, ...byName].map(name => {
    const line = bySamples(name, seen, numbers);
    const external = told.get(name);
    if (external === undefined || line.prod !== null || line.gray !== null) return line;
    const {source, prod, gray, ageSeconds, state} = external;
    return withLimit({name, source, prod, gray, ageSeconds}, state === 'ok' ? null : state, seen);
  });
}

type Numbers = Readonly<Record<Side, SideNumbers | null>>;

function numbersOf({prod, gray, stream}: MonitorSnapshot): Numbers {
  return stream.away === null ? {prod: prod.sampled, gray: gray.sampled} : {prod: null, gray: null};
}

function bySamples(name: string, seen: MonitorSnapshot, numbers: Numbers): MetricLine {
  const prod = numbers.prod === null ? null : valueOf(name, numbers.prod, seen.window);
  const gray = numbers.gray === null ? null : valueOf(name, numbers.gray, seen.window);
  const ages = [seen.prod.ageMs, seen.gray.ageMs].filter(age => age !== null);
  const isKnown = prod !== null || gray !== null;
  const ageSeconds = isKnown && ages.length > 0 ? Math.min(...ages) / 1000 : null;
  return withLimit({name, source: 'samples', prod, gray, ageSeconds}, gray === null ? 'no-data' : null, seen);
}

/** @param none why there is no number on gray; null where there is one */
function withLimit(
  line: Omit<MetricLine, 'limit' | 'state'>,
  none: MetricState | null,
  {snapshot}: MonitorSnapshot,
): MetricLine {
  const {release} = snapshot.state;
  const {name, prod, gray} = line;
  const [limit] = release === null ? [] : limitsOf(release.plan, release.phase, name, prod);
  const state =
    none ??
    (gray === null ? 'no-data' : limit === undefined ? 'unlimited' : breaks(limit, gray) ? 'over' : 'ok');
  return {...line, limit: limit?.value ?? null, state};
}
