import {longestWindowMs} from '../analysis/judge/longest-window.ts';
import type {Condition, Plan} from '../release/plan.ts';
import type {State} from '../release/state.ts';
import type {ControllerView} from '../controller/outcome.ts';
import type {Pace} from '../analysis/windows/pace.ts';
import type {SampleSource} from '../metrics/follower.ts';
import type {PolledMetric} from '../metrics/prometheus/asker.ts';
import type {PrometheusPoller} from '../metrics/prometheus/poller.ts';
import type {Target} from '../metrics/prometheus/question.ts';
import type {Config} from '../config/project/config-file.ts';
import type {MonitorSettings} from './settings.ts';

/** How often Prometheus scrapes and is asked unless the project says otherwise, milliseconds. */
const SCRAPE_MS = 15_000;
const EVERY_MS = 5000;
/** Series are many: an answer may take longer, and be longer, than that of a number. */
const SERIES_TIMEOUT_MS = 10_000;
const MOST_SERIES_BYTES = 64_000_000;
/** A scrape and its answer are had within this time, milliseconds. */
const ANSWERS_WITHIN_MS = 2000;

export interface PrometheusWishes {
  /** How far back to read at the start, milliseconds; 15 minutes unless said otherwise. */
  historyMs?: number;
  /** Only what the running release's plan speaks of: for who judges and shows nothing. */
  onlyPlanned?: boolean;
}

/** Opens the numbers that Prometheus has of one feature; null where no address is known. It asks nothing before `start`. */
export async function openPrometheus(
  settings: Pick<MonitorSettings, 'prometheus' | 'config'>,
  view: ControllerView,
  wishes: PrometheusWishes = {},
): Promise<PrometheusPoller | null> {
  const config = settings.config?.value ?? null;
  const access = settings.prometheus;
  if (access === null) return null;
  const [{PrometheusPoller: Poller}, {prometheusClient}, {DEFAULT_SIDES}, metrics] = await Promise.all([
    import('../metrics/prometheus/poller.ts'),
    import('../metrics/prometheus/client.ts'),
    import('../config/project/prometheus.ts'),
    metricsOf(config),
  ]);
  const {
    sides = DEFAULT_SIDES,
    labels = {},
    everyMs,
    timeoutMs,
    scrapeMs,
    windowMs,
  } = config?.prometheus ?? {};
  return new Poller({
    client: prometheusClient({...access, timeoutMs: timeoutMs ?? null}),
    metrics,
    sides,
    labels,
    target: () => targetOf(view.snapshot().state),
    now: () => view.now(),
    everyMs: everyMs ?? null,
    scrapeMs: scrapeMs ?? null,
    windowMs: windowMs ?? null,
    historyMs: wishes.historyMs ?? null,
    longestMs() {
      const {release} = view.snapshot().state;
      return release === null ? 0 : longestWindowMs(release.plan);
    },
    ...(wishes.onlyPlanned === true ? {wants: name => plannedMetrics(view.snapshot().state).has(name)} : {}),
  });
}

/**
 * The counters of Prometheus as a stream of samples, and the pace at which they come; null: the project names none, or no
 * address is known.
 */
export function openScrapes(
  settings: Pick<MonitorSettings, 'prometheus' | 'config'>,
  view: ControllerView,
): {samples: SampleSource; pace: Pace} | null {
  const {prometheus: access, config} = settings;
  const project = config?.value.prometheus ?? null;
  const counters = project?.samples ?? null;
  if (access === null || project === null || counters === null) return null;
  const scrapeMs = project.scrapeMs ?? SCRAPE_MS;
  const everyMs = Math.min(project.everyMs ?? EVERY_MS, scrapeMs);
  const options = {
    counters,
    sides: project.sides,
    labels: project.labels,
    target: () => targetOf(view.snapshot().state),
    now: () => view.now(),
    everyMs,
    scrapeMs,
  };
  const timeoutMs = Math.max(project.timeoutMs ?? 0, SERIES_TIMEOUT_MS);
  const opened = Promise.all([
    import('../metrics/prometheus/scrape-source.ts'),
    import('../metrics/prometheus/client.ts'),
  ]).then(([{scrapeSource}, {prometheusClient}]) =>
    scrapeSource({
      ...options,
      client: prometheusClient({...access, timeoutMs, mostBytes: MOST_SERIES_BYTES}),
    }),
  );
  return {
    samples: {
      isMadeOfScrapes: true,
      lastId: async () => await (await opened).lastId(),
      history: async (...asked) => await (await opened).history(...asked),
      follow: async (...asked) => {
        await (await opened).follow(...asked);
      },
    },
    // A second is whole after the next scrape; whether it was steady shows the one after that.
    pace: {lagMs: Math.ceil((2 * scrapeMs + everyMs + ANSWERS_WITHIN_MS) / 1000) * 1000, blurMs: scrapeMs},
  };
}

/** The built-in metrics with the project's own queries in their place, then what else the project asks for. */
async function metricsOf(config: Config | null): Promise<PolledMetric[]> {
  const [{BUILT_IN}, {readTemplate}] = await Promise.all([
    import('../metrics/prometheus/built-in.ts'),
    import('../analysis/query-template.ts'),
  ]);
  const metrics = new Map<string, PolledMetric>();
  for (const [name, {query, unit, better, per}] of Object.entries(BUILT_IN)) {
    const read = readTemplate(query);
    if (read.ok) metrics.set(name, {name, template: read.template, unit, better, per, isWanted: false});
  }
  for (const [name, query] of Object.entries(config?.queries ?? {}))
    metrics.set(name, {name, isWanted: true, ...query});
  return [...metrics.values()];
}

/** The release that queries speak of. */
function targetOf({feature, release, prodVersion}: State): Target {
  if (release === null) {
    const versions = {prod: prodVersion, gray: null};
    return {feature, release: null, versions, startedAt: null, splitChangedAt: null};
  }
  const {id, version, over, state, startedAt, splitChangedAt} = release;
  const prod = state === 'completed' ? version : (over ?? prodVersion);
  return {feature, release: id, versions: {prod, gray: version}, startedAt, splitChangedAt};
}

/** Names of the metrics that the plan of the running release speaks of. */
export function plannedMetrics({release}: State): ReadonlySet<string> {
  return release === null ? new Set() : metricsOfPlan(release.plan);
}

/** Names of the metrics that a plan speaks of. */
export function metricsOfPlan({
  phases,
  guardrails,
}: Pick<Plan, 'phases' | 'guardrails'>): ReadonlySet<string> {
  const conditions: Condition[] = [
    ...guardrails.map(({when}) => when),
    ...phases.flatMap(({criteria}) => criteria.map(({condition}) => condition)),
  ];
  return new Set(conditions.map(({metric}) => metric));
}

/** A built-in metric without its exporter says nothing: a metric is shown once it was asked for by name or had a value. */
export function isShownOf(
  poller: Pick<PrometheusPoller, 'snapshot'>,
  view: Pick<ControllerView, 'snapshot'>,
): (name: string) => boolean {
  return name => {
    const found = poller.snapshot().find(metric => metric.name === name);
    if (found === undefined) return false;
    return found.isWanted || found.ageSeconds !== null || plannedMetrics(view.snapshot().state).has(name);
  };
}
