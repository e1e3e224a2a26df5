import {RELEASE_STATES} from '../release/state.ts';
import {Counter, Gauge, Histogram, Registry, collectDefaultMetrics} from 'prom-client';
import {feedbackStats} from '../analysis/feedback/stats.ts';
import {FEEDBACK_TYPES} from '../analysis/feedback/feedback.ts';
import type {Served, ServedFeature} from './served.ts';

const STATES = ['idle', ...RELEASE_STATES] as const;
const ACTIONS = ['advance', 'hold', 'pause', 'rollback'] as const;
const LEVELS = ['info', 'warning', 'critical'] as const;
const SIDES = ['prod', 'gray'] as const;
/** Names of `status` as Prometheus has them, with what their unit is divided by. */
const NUMBERS = {
  requestsPerSecond: ['requests_per_second', 1, 'Requests a second'],
  errorRate: ['error_ratio', 100, 'Failed requests, as a part of all'],
  conversionRate: ['conversion_ratio', 100, 'Conversions, as a part of the requests'],
  availability: ['availability_ratio', 100, 'Requests that were answered, as a part of all'],
  p50: ['response_p50_seconds', 1000, 'Half of the requests were answered within'],
  p95: ['response_p95_seconds', 1000, '95 % of the requests were answered within'],
  p99: ['response_p99_seconds', 1000, '99 % of the requests were answered within'],
} as const;

/** How fast this server answers, seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What Prometheus is told: every release, what people say of it, and how this server itself does. */
export interface ServerMetrics {
  readonly type: string;
  /** Reads everything and writes it down. */
  text(): Promise<string>;
  /** A request was answered. */
  answered(route: string, status: number, ms: number): void;
  /** Asked for the number of streams that are open. */
  watchFollowers(count: () => number): void;
}

/** An unknown number has no line: absent is what Prometheus calls unknown. */
export function openMetrics(served: Served, version: string): ServerMetrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({register});
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({name: `graydeck_${name}`, help, labelNames: [...labelNames], registers});
  let followers = () => 0;

  gauge('build_info', 'Version of Graydeck', ['version']).set({version}, 1);
  const up = gauge('store_up', 'Whether the store can be reached', []);
  const ping = gauge('store_ping_seconds', 'How long the store took to answer', []);
  const streams = gauge('event_followers', 'Streams of events that are open', []);
  const state = gauge('release_state', 'State of the release: 1 for the one it is in', ['feature', 'state']);
  const info = gauge('release_info', 'The release, and the version it is over', [
    'feature',
    'release',
    'version',
    'over',
  ]);
  const phase = gauge('release_phase', 'Number of the phase, from 1; 0 before the first', ['feature']);
  const percent = gauge(
    'release_percent',
    'Percent of users on gray: set, applied by every router, observed',
    ['feature', 'kind'],
  );
  const routers = gauge('routers', 'Routers by state', ['feature', 'state']);
  const verdict = gauge('verdict', 'What the judge says: 1 for the one that it is', ['feature', 'action']);
  const alerts = gauge('alerts_open', 'Alerts that are not resolved', ['feature', 'level', 'acknowledged']);
  const evidence = gauge(
    'evidence',
    'Evidence that gray is worse, as a power of ten; of all metrics, and of each',
    ['feature', 'metric'],
  );
  const limit = gauge('evidence_limit', 'What the evidence of all metrics has to reach, as a power of ten', [
    'feature',
  ]);
  const guarded = gauge('guarded', 'Whether a guard is there', ['feature']);
  const head = gauge('log_version', 'Version of the newest commit of the log', ['feature']);
  const given = gauge('feedback', 'Feedback that is kept, by type', ['feature', 'type']);
  const rating = gauge('feedback_rating', 'Mean rating by version, 1 to 5', ['feature', 'version']);
  const numbers = Object.entries(NUMBERS).map(([key, [name, divisor, help]]) => ({
    key,
    divisor,
    gauge: gauge(name, `${help}, over five minutes`, ['feature', 'side']),
  }));
  const requests = new Counter({
    name: 'graydeck_http_requests_total',
    help: 'Requests answered',
    labelNames: ['route', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'graydeck_http_request_seconds',
    help: 'How long answers took',
    labelNames: ['route'],
    buckets: BUCKETS,
    registers,
  });
  const ofFeatures = [
    state,
    info,
    phase,
    percent,
    routers,
    verdict,
    alerts,
    evidence,
    limit,
    guarded,
    head,
    given,
    rating,
  ];

  const put = (feature: ServedFeature): void => {
    const {name} = feature;
    const snapshot = feature.view.snapshot();
    const {release} = snapshot.state;
    const facts = feature.facts();
    for (const one of STATES)
      state.set({feature: name, state: one}, (release?.state ?? 'idle') === one ? 1 : 0);
    if (release !== null) {
      const {id, version, over} = release;
      info.set({feature: name, release: id, version, over: over ?? ''}, 1);
      phase.set({feature: name}, release.phase + 1);
    }
    for (const [kind, value] of Object.entries(facts.percent))
      if (value !== null) percent.set({feature: name, kind}, value);
    for (const [kind, value] of Object.entries(facts.routers))
      if (value !== null) routers.set({feature: name, state: kind}, value);
    const action = release?.verdict?.action ?? null;
    for (const one of ACTIONS) verdict.set({feature: name, action: one}, action === one ? 1 : 0);
    for (const level of LEVELS)
      for (const acknowledged of ['yes', 'no'] as const) {
        const isSeen = acknowledged === 'yes';
        const open = snapshot.state.alerts.filter(
          alert =>
            alert.level === level && alert.resolvedAt === null && (alert.acknowledgedAt !== null) === isSeen,
        );
        alerts.set({feature: name, level, acknowledged}, open.length);
      }
    if (facts.evidence !== null) {
      evidence.set({feature: name, metric: 'all'}, facts.evidence.all);
      for (const {metric, log10} of facts.evidence.metrics) evidence.set({feature: name, metric}, log10);
      limit.set({feature: name}, facts.evidence.limit);
    }
    guarded.set({feature: name}, facts.isGuarded ? 1 : 0);
    head.set({feature: name}, snapshot.head?.version ?? 0);
    for (const side of SIDES)
      for (const {key, divisor, gauge} of numbers) {
        const value = facts.sides[side][key] ?? null;
        if (value !== null) gauge.set({feature: name, side}, value / divisor);
      }
  };

  const putFeedback = async (feature: ServedFeature): Promise<void> => {
    const said = await feature.feedback();
    const {types} = feedbackStats(said);
    for (const type of FEEDBACK_TYPES) given.set({feature: feature.name, type}, types[type]);
    const {release, prodVersion} = feature.view.snapshot().state;
    // Only of versions that are known here: what people name is not theirs to make labels of.
    const versions = new Set([release?.version, release?.over, prodVersion]);
    for (const version of versions) {
      if (version === null || version === undefined) continue;
      const mean = feedbackStats(said.filter(one => one.version === version)).rating;
      if (mean !== null) rating.set({feature: feature.name, version}, mean);
    }
  };

  return {
    type: register.contentType,
    async text() {
      for (const one of [...ofFeatures, ...numbers.map(({gauge}) => gauge)]) one.reset();
      const health = served.health();
      up.set(health.state === 'up' ? 1 : 0);
      if (health.state === 'up') ping.set(health.pingMs / 1000);
      streams.set(followers());
      const features = served.names().flatMap(name => served.get(name) ?? []);
      for (const feature of features) put(feature);
      await Promise.all(features.map(feature => putFeedback(feature).catch(() => undefined)));
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
