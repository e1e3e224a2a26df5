import type {Side, SideNumbers} from '../analysis/numbers.ts';
import {METRIC_NAMES} from '../analysis/metrics.ts';
import {shownNames} from '../analysis/shown-names.ts';
import {breaks, limitsOf} from '../analysis/limits.ts';
import {valueOf} from '../analysis/metric-value.ts';
import type {NumberState} from '../metrics/prometheus/fault.ts';
import type {MetricSnapshot} from '../metrics/prometheus/snapshot.ts';
import type {Observed} from './status-document.ts';

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

type Numbers = Readonly<Record<Side, SideNumbers | null>>;

/** Every metric: the standard ones, those of Prometheus, and what else the samples speak of. Samples come first. */
export function metricsOf(observed: Observed, numbers: Numbers): MetricLine[] {
  const {windows, externals} = observed;
  const told = new Map(externals.map(external => [external.name, external]));
  const others = [...told.keys()].filter(name => !(METRIC_NAMES as readonly string[]).includes(name));
  const byName = shownNames(windows?.otherNames() ?? [], numbers, MOST_ERRORS).filter(
    name => !told.has(name),
  );
  return [...METRIC_NAMES, ...others, ...byName].map(name => {
    const line = bySamples(name, observed, numbers);
    const external = told.get(name);
    if (external === undefined || line.prod !== null || line.gray !== null) return line;
    const {source, prod, gray, ageSeconds, state} = external;
    return withLimit({name, source, prod, gray, ageSeconds}, state === 'ok' ? null : state, observed);
  });
}

function bySamples(name: string, observed: Observed, numbers: Numbers): MetricLine {
  const {windows, window, now} = observed;
  const prod = numbers.prod === null ? null : valueOf(name, numbers.prod, window);
  const gray = numbers.gray === null ? null : valueOf(name, numbers.gray, window);
  const newest = (['prod', 'gray'] as const).flatMap(side => windows?.newestAt(side) ?? []);
  const isKnown = prod !== null || gray !== null;
  const ageSeconds = isKnown && newest.length > 0 ? Math.max(0, now - Math.max(...newest)) / 1000 : null;
  return withLimit(
    {name, source: 'samples', prod, gray, ageSeconds},
    gray === null ? 'no-data' : null,
    observed,
  );
}

/** @param none why there is no number on gray; null where there is one */
function withLimit(
  line: Omit<MetricLine, 'limit' | 'state'>,
  none: MetricState | null,
  {snapshot}: Observed,
): MetricLine {
  const {release} = snapshot.state;
  const {name, prod, gray} = line;
  const [limit] = release === null ? [] : limitsOf(release.plan, release.phase, name, prod);
  const state =
    none ??
    (gray === null ? 'no-data' : limit === undefined ? 'unlimited' : breaks(limit, gray) ? 'over' : 'ok');
  return {...line, limit: limit?.value ?? null, state};
}
