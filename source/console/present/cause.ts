import type {Side} from '../../analysis/numbers.ts';
import type {MonitorView} from '../../monitor/monitor.ts';
import {causeFacts, type Cause, type CauseFacts} from '../../release/cause.ts';
import type {Release} from '../../release/state.ts';
import {flow, say, type Line} from './line.ts';
import {labelOf} from './sides/metric-rows.ts';
import {metricOf, written} from './sides/metric.ts';
import {reasonText} from './verdict/reason-text.ts';
import type {ViewModel} from './view-model.ts';
import {count, measured} from '../../text/format.ts';
import {timeOfDay} from './moment.ts';

/** What both sides measured when a release was rolled back; null: not known. */
export type ValuesThen = Readonly<Record<Side, number | null>>;

/** Values are those of a minute. One that has lasted less says too little, milliseconds. */
const MINUTE = 60_000;
const TELLING_MS = 20_000;

/** The metric on which a release was rolled back, as it is measured and drawn; null: it was not, or for no measured reason. */
export function causeMetric(release: Release | null): string | null {
  const name = release === null ? null : (causeFacts(release)?.metric ?? null);
  // Evidence weighs response times as a whole; p95 shows best what is slow.
  const plain = name?.replace(/_improvement$/u, '') ?? null;
  return plain === 'response_time' ? 'response_time_p95' : plain;
}

/** Reads what both sides measured just before the rollback; null: there was none for a measured reason. */
export function valuesThen(monitor: Pick<MonitorView, 'series'>, release: Release | null): ValuesThen | null {
  const metric = causeMetric(release);
  const at = release?.rollback?.at ?? null;
  if (metric === null || at === null) return null;
  const side = (name: Side): number | null => {
    const span = {from: at - 2 * MINUTE, to: at};
    const [before = null, last = null] = monitor.series(name, metric, span, MINUTE).slice(-2);
    return at % MINUTE < TELLING_MS ? (before ?? last) : (last ?? before);
  };
  return {prod: side('prod'), gray: side('gray')};
}

/**
 * Why a release was taken back: the worst metric with both values, since when, how soon it was seen and prod was back, how
 * many it hit; then what was judged. Null if nothing that was measured spoke against gray.
 */
export function causeRows(release: Release, scene: ViewModel, width: number): Line[] | null {
  const {t, clean} = scene;
  const cause: Cause | null = release.rollback?.cause ?? null;
  const facts = causeFacts(release);
  if (cause === null || facts === null) return null;
  const words = t.verdict.cause;
  const onset = facts.onset;
  const since = (at: number): string => measured(Math.max(0, at - (onset ?? at)));
  const texts = [
    ...(onset === null
      ? []
      : [
          t.verdict.since(timeOfDay(onset)),
          words.seenAfter(since(facts.detectedAt)),
          ...(facts.prodAt === null ? [] : [words.backAfter(since(facts.prodAt))]),
        ]),
    ...(facts.requests === null
      ? []
      : [words.hit(count(facts.requests), facts.people === null ? null : count(facts.people))]),
  ];
  const parts = [...valuesPart(release, facts, scene), ...texts.map((text): Line => [say(text)])];
  const reasons = cause.reasons.map((reason): Line => [
    say(`${t.verdict.because} `, 'quiet'),
    say(reasonText(reason, scene), 'strong'),
  ]);
  const own = release.rollback?.reason ?? null;
  // The guard gives its verdict as the reason; anything else is a person's own.
  const isOwn = own !== null && cause.reasons.every(({text}) => !own.startsWith(text));
  return [...flow(parts, width), ...reasons, ...(isOwn ? [[say(clean.free(own), 'quiet')] as Line] : [])];
}

/** Metric and both values. What the verdict had compared goes before what was read afterwards. */
function valuesPart(release: Release, facts: CauseFacts, {t, clean, then = null}: ViewModel): Line[] {
  const metric = causeMetric(release);
  if (metric === null) return [];
  // Of response times the verdict holds the percent that is slower than a limit.
  const isOfMetric = facts.metric === metric;
  const gray = (isOfMetric ? facts.gray : null) ?? then?.gray ?? null;
  const prod = (isOfMetric ? facts.prod : null) ?? then?.prod ?? null;
  if (gray === null && prod === null) return [];
  const write = (value: number | null): string => written(metricOf(metric), value);
  return [[say(t.verdict.cause.values(labelOf(metric, t, clean), write(gray), write(prod)), 'bad')]];
}
