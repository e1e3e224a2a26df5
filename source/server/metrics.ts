import {VERDICT_ACTIONS} from '../release/command.ts';
import {ALERT_LEVELS} from '../release/plan.ts';
import {RELEASE_STATES} from '../release/state.ts';
import {Counter, Gauge, Histogram, Registry, collectDefaultMetrics} from 'prom-client';
import {feedbackStats} from '../analysis/feedback/stats.ts';
import {FEEDBACK_TYPES} from '../analysis/feedback/feedback.ts';
import type {ServedFeatures, ServedFeature} from './served.ts';

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

/** Opens the metrics. An unknown number has no line, because absent means unknown for Prometheus. */
export function openMetrics(served: ServedFeatures, version: string): ServerMetrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({register});
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({name: `graydeck_${name}`, help, labelNames: [...labelNames], registers});
  let followers = () => 0;

  gauge('build_info', 'Version of Graydeck', ['version']).set({version}, 1);
  const up = gauge('store_up', '1 while the store can be reached', []);
  const ping = gauge('store_ping_seconds', 'Response time of the store', []);
  const streams = gauge('event_followers', 'Open event streams', []);
  const state = gauge('release_state', 'State of the release: 1 for the current state', ['feature', 'state']);
  const info = gauge('release_info', 'The release, its version, and the version of prod', [
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
  const verdict = gauge('verdict', 'Verdict: 1 for the current action', ['feature', 'action']);
  const alerts = gauge('alerts_open', 'Alerts that are not resolved', ['feature', 'level', 'acknowledged']);
  const evidence = gauge(
    'evidence',
    'Evidence that gray is worse, as a power of ten: of all metrics, and of each',
    ['feature', 'metric'],
  );
  const limit = gauge(
    'evidence_limit',
    'Evidence of all metrics at which the guard acts, as a power of ten',
    ['feature'],
  );
  const guarded = gauge('guarded', '1 while a guard is running', ['feature']);
  const head = gauge('log_version', 'Version of the newest commit of the log', ['feature']);
  const given = gauge('feedback', 'Stored feedback, by type', ['feature', 'type']);
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
    help: 'Response times of this server',
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
    for (const one of VERDICT_ACTIONS) verdict.set({feature: name, action: one}, action === one ? 1 : 0);
    for (const level of ALERT_LEVELS)
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
    const feedback = await feature.feedback();
    const {types} = feedbackStats(feedback);
    for (const type of FEEDBACK_TYPES) given.set({feature: feature.name, type}, types[type]);
    const {release, prodVersion} = feature.view.snapshot().state;
    // Only known versions become labels, because feedback may name any.
    const versions = new Set([release?.version, release?.over, prodVersion]);
    for (const version of versions) {
      if (version === null || version === undefined) continue;
      const mean = feedbackStats(feedback.filter(one => one.version === version)).rating;
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
