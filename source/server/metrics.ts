import {VERDICT_ACTIONS} from '../release/command.ts';
import {ALERT_LEVELS} from '../release/plan.ts';
import {RELEASE_STATES, type Alert, type Release, type State} from '../release/state.ts';
import {Counter, Gauge, Histogram, Registry, collectDefaultMetrics} from 'prom-client';
import {feedbackStats} from '../analysis/feedback/stats.ts';
import {FEEDBACK_TYPES, type GivenFeedback} from '../analysis/feedback/feedback.ts';
import type {FeatureFacts, ServedFeature, ServedFeatures} from './served.ts';

const STATES = ['idle', ...RELEASE_STATES] as const;
const SIDES = ['prod', 'gray'] as const;
/** Numbers of `status` as Prometheus metrics: name, divisor to the base unit, help. */
const NUMBERS = {
  requestsPerSecond: ['requests_per_second', 1, 'Requests a second'],
  errorRate: ['error_ratio', 100, 'Share of requests that failed'],
  conversionRate: ['conversion_ratio', 100, 'Conversions for each request'],
  availability: ['availability_ratio', 100, 'Share of requests that were answered'],
  p50: ['response_p50_seconds', 1000, 'Time within which 50 % of the requests were answered'],
  p95: ['response_p95_seconds', 1000, 'Time within which 95 % of the requests were answered'],
  p99: ['response_p99_seconds', 1000, 'Time within which 99 % of the requests were answered'],
} as const;

/** Buckets of this server's response times, seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Metrics for Prometheus: releases, feedback, and this server. */
export interface ServerMetrics {
  readonly type: string;
  /** Reads all metrics and formats them. */
  text(): Promise<string>;
  /** Counts an answered request. */
  answered(route: string, status: number, ms: number): void;
  /** Sets the function that counts open streams. */
  watchFollowers(count: () => number): void;
}

/** A gauge of each feature: what it is, and its values at a scrape. A value that is unknown has no line. */
interface FeatureGauge {
  name: string;
  help: string;
  labels: readonly string[];
  read(scrape: Scrape): Iterable<readonly [labels: Readonly<Record<string, string>>, value: number | null]>;
}

/** What is read of a feature for one scrape. */
interface Scrape {
  release: Release | null;
  state: State;
  version: number;
  facts: FeatureFacts;
  /** null: it could not be read. */
  feedback: readonly GivenFeedback[] | null;
}

const FEATURE_GAUGES: readonly FeatureGauge[] = [
  {
    name: 'release_state',
    help: 'State of the release: 1 for the current state',
    labels: ['state'],
    read: ({release}) => oneOf('state', STATES, release?.state ?? 'idle'),
  },
  {
    name: 'release_info',
    help: 'The release, its version, and the version of prod',
    labels: ['release', 'version', 'over'],
    read: ({release}) =>
      release === null
        ? []
        : [[{release: release.id, version: release.version, over: release.over ?? ''}, 1]],
  },
  {
    name: 'release_phase',
    help: 'Number of the phase, from 1; 0 before the first',
    labels: [],
    read: ({release}) => [[{}, release === null ? null : release.phase + 1]],
  },
  {
    name: 'release_percent',
    help: 'Percent of users on gray: set, applied by every router, observed',
    labels: ['kind'],
    read: ({facts}) => Object.entries(facts.percent).map(([kind, value]) => [{kind}, value]),
  },
  {
    name: 'routers',
    help: 'Routers by state',
    labels: ['state'],
    read: ({facts}) => Object.entries(facts.routers).map(([state, value]) => [{state}, value]),
  },
  {
    name: 'verdict',
    help: 'Verdict: 1 for the current action',
    labels: ['action'],
    read: ({release}) => oneOf('action', VERDICT_ACTIONS, release?.verdict?.action ?? null),
  },
  {
    name: 'alerts_open',
    help: 'Alerts that are not resolved',
    labels: ['level', 'acknowledged'],
    read: ({state}) => openAlerts(state),
  },
  {
    name: 'evidence',
    help: 'Evidence that gray is worse, as a power of ten: of all metrics, and of each',
    labels: ['metric'],
    read: ({facts: {evidence}}) =>
      evidence === null
        ? []
        : [{metric: 'all', log10: evidence.all}, ...evidence.metrics].map(({metric, log10}) => [
            {metric},
            log10,
          ]),
  },
  {
    name: 'evidence_limit',
    help: 'Evidence of all metrics at which the guard acts, as a power of ten',
    labels: [],
    read: ({facts}) => [[{}, facts.evidence?.limit ?? null]],
  },
  {
    name: 'guarded',
    help: '1 while a guard is running',
    labels: [],
    read: ({facts}) => [[{}, Number(facts.isGuarded)]],
  },
  {
    name: 'log_version',
    help: 'Version of the newest commit of the log',
    labels: [],
    read: ({version}) => [[{}, version]],
  },
  {
    name: 'feedback',
    help: 'Stored feedback, by type',
    labels: ['type'],
    read: ({feedback}) => {
      if (feedback === null) return [];
      const {types} = feedbackStats(feedback);
      return FEEDBACK_TYPES.map(type => [{type}, types[type]]);
    },
  },
  {
    name: 'feedback_rating',
    help: 'Mean rating by version, 1 to 5',
    labels: ['version'],
    read: ratings,
  },
  ...Object.entries(NUMBERS).map(([key, [name, divisor, help]]): FeatureGauge => ({
    name,
    help: `${help}, over five minutes`,
    labels: ['side'],
    read: ({facts}) =>
      SIDES.map(side => {
        const value = facts.sides[side][key] ?? null;
        return [{side}, value === null ? null : value / divisor];
      }),
  })),
];

/** Opens the metrics. An unknown number has no line, because absent means unknown for Prometheus. */
export function openMetrics(served: ServedFeatures, version: string): ServerMetrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({register});
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({name: `graydeck_${name}`, help, labelNames: [...labelNames], registers});
  let followers = () => 0;

  gauge('build_info', 'Version of Graydeck', ['version']).set({version}, 1);
  const up = gauge('store_up', '1 while the store can be reached');
  const ping = gauge('store_ping_seconds', 'Response time of the store');
  const streams = gauge('event_followers', 'Open event streams');
  const ofFeatures = FEATURE_GAUGES.map(({name, help, labels, read}) => ({
    gauge: gauge(name, help, ['feature', ...labels]),
    read,
  }));
  const {requests, seconds} = ownMetrics(register);

  return {
    type: register.contentType,
    async text() {
      const health = served.health();
      up.set(health.state === 'up' ? 1 : 0);
      ping.reset();
      if (health.state === 'up') ping.set(health.pingMs / 1000);
      streams.set(followers());
      const features = served.names().flatMap(name => served.get(name) ?? []);
      const scrapes = await Promise.all(
        features.map(async one => ({feature: one.name, scrape: await scrapeOf(one)})),
      );
      for (const one of ofFeatures) {
        one.gauge.reset();
        for (const {feature, scrape} of scrapes)
          for (const [labels, value] of one.read(scrape))
            if (value !== null) one.gauge.set({feature, ...labels}, value);
      }
      return await register.metrics();
    },
    answered(route, status, ms) {
      requests.inc({route, status});
      seconds.observe({route}, ms / 1000);
    },
    watchFollowers(count) {
      followers = count;
    },
  };
}

function ownMetrics(register: Registry) {
  const requests = new Counter({
    name: 'graydeck_http_requests_total',
    help: 'Requests answered',
    labelNames: ['route', 'status'],
    registers: [register],
  });
  const seconds = new Histogram({
    name: 'graydeck_http_request_seconds',
    help: 'Response times of this server',
    labelNames: ['route'],
    buckets: BUCKETS,
    registers: [register],
  });
  return {requests, seconds};
}

/** Feedback that cannot be read leaves its own lines out, and no other. */
async function scrapeOf(feature: ServedFeature): Promise<Scrape> {
  const feedback = await feature.feedback().catch(() => null);
  const {state, head} = feature.view.snapshot();
  return {release: state.release, state, version: head?.version ?? 0, facts: feature.facts(), feedback};
}

function oneOf(label: string, all: readonly string[], current: string | null) {
  return all.map(one => [{[label]: one}, Number(one === current)] as const);
}

function openAlerts({alerts}: State) {
  return ALERT_LEVELS.flatMap(level =>
    (['yes', 'no'] as const).map(acknowledged => {
      const isOpen = (alert: Alert) =>
        alert.level === level &&
        alert.resolvedAt === null &&
        (alert.acknowledgedAt !== null) === (acknowledged === 'yes');
      return [{level, acknowledged}, alerts.filter(isOpen).length] as const;
    }),
  );
}

/** Ratings of the known versions only: feedback may name any version, and each would become a label. */
function ratings({release, state, feedback}: Scrape) {
  if (feedback === null) return [];
  const versions = new Set([release?.version, release?.over, state.prodVersion]);
  return [...versions].flatMap(version => {
    if (version === null || version === undefined) return [];
    const mean = feedbackStats(feedback.filter(one => one.version === version)).rating;
    return [[{version}, mean] as const];
  });
}
