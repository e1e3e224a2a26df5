import {count, measured} from '../../text/format.ts';
import {say, type Line} from '../../console/present/line.ts';
import {labelOf} from '../../console/present/sides/metric-rows.ts';
import {metricOf, written} from '../../console/present/sides/metric.ts';
import {reasonText} from '../../console/present/verdict/reason-text.ts';
import type {ViewModel} from '../../console/present/view-model.ts';
import type {MonitorView} from '../../monitor/monitor.ts';
import {causeFacts} from '../../release/cause.ts';
import type {Page} from '../../server/page/model.ts';
import {pageLine} from './lines.ts';
import type {pageWords} from './words.ts';
import {timeOfDay} from '../../console/present/moment.ts';

/** Both values are those of the last minute before the rollback. */
const THEN_MS = 60_000;

/**
 * Why a release was rolled back: the worst metric with both values, since when, how soon it was seen and everybody was back on
 * prod, and how many it hit. Null while nothing was rolled back.
 */
export function causeBlock(
  scene: ViewModel,
  monitor: Pick<MonitorView, 'series'>,
  words: ReturnType<typeof pageWords>,
): Page['cause'] {
  const {reading, t, clean} = scene;
  const {release} = reading.snapshot.state;
  if (release === null || release.rollback === null) return null;
  const {cause: w} = words;
  const {at, by, reason, cause} = release.rollback;
  const facts = causeFacts(release);
  const reasons = cause?.reasons ?? [];
  const onset = facts?.onset ?? null;
  const parts =
    facts === null || onset === null
      ? []
      : [
          w.since(timeOfDay(onset)),
          w.seenAfter(measured(Math.max(0, facts.detectedAt - onset))),
          ...(facts.prodAt === null ? [] : [w.backAfter(measured(Math.max(0, facts.prodAt - onset)))]),
        ];
  const requests = facts?.requests ?? null;
  const people = facts?.people ?? null;
  if (requests !== null) parts.push(w.requests(count(requests)));
  if (people !== null) parts.push(w.people(count(people)));
  // The guard gives its verdict as the reason; anything else is a person's own.
  const isOwn = reason !== null && reasons.every(({text}) => !reason.startsWith(text));
  const rows: Line[] = [
    ...valuesOf(facts?.metric ?? null),
    ...(reasons.length === 0
      ? [[say(w.unknown)]]
      : reasons.map((one): Line => [say(reasonText(one, scene))])),
    ...(parts.length === 0 ? [] : [[say(parts.join(' · '))]]),
    [
      say(w.by(clean.who(by), timeOfDay(at)), 'quiet'),
      ...(isOwn ? [say(`: ${clean.free(reason)}`, 'quiet')] : []),
    ],
  ];
  return {title: w.title, rows: rows.map(pageLine)};

  function valuesOf(metric: string | null): Line[] {
    if (metric === null) return [];
    // Evidence weighs response times as a whole; p95 shows best what is slow.
    const plain = metric.replace(/_improvement$/u, '');
    const name = plain === 'response_time' ? 'response_time_p95' : plain;
    const then = (side: 'prod' | 'gray') =>
      monitor.series(side, name, {from: at - THEN_MS, to: at}, THEN_MS).at(-1) ?? null;
    const [gray, prod] = [then('gray'), then('prod')];
    if (gray === null && prod === null) return [];
    const write = (value: number | null) => written(metricOf(name), value);
    return [[say(w.values(labelOf(name, t, clean), write(gray), write(prod)), 'bad')]];
  }
}
