import {metricBook} from '../../../config/condition/metric-book.ts';
import type {Unit} from '../../../release/plan.ts';
import type {Reason} from '../../../release/state.ts';
import {UNKNOWN} from '../../../text/format.ts';
import type {ViewModel} from '../view-model.ts';
import {metricLabel, quantity} from './quantity.ts';
import {own} from '../../../release/name.ts';

const IMPROVEMENT = /_improvement$/u;
const BOOK = metricBook();

/** A reason of which no more is known than what the log has: in the words of the screen, or as it was written. */
export function reasonText(reason: Reason, scene: Pick<ViewModel, 't' | 'clean'>): string {
  const {t, clean} = scene;
  const {metric} = reason;
  const unitOfMetric = metric === null ? null : unitOf(metric);
  const number = (value: number | null, unit: Unit | null = unitOfMetric): string =>
    value === null ? UNKNOWN : quantity(value, unit ?? 'count', t);
  const name = metric === null ? '' : metricLabel(metric.replace(IMPROVEMENT, ''), scene);
  return (
    own(t.verdict.simple, reason.code) ?? t.verdict.logged(reason, {name, number}) ?? clean.free(reason.text)
  );
}

/** The unit of what the log speaks of; null of what only the project's config knows. */
function unitOf(metric: string): Unit | null {
  return IMPROVEMENT.test(metric) ? 'points' : (BOOK.find(metric)?.unit ?? null);
}

/** What an alert says: in the words of the screen where it carries what it is about, else as it was written. */
export function alertText(
  {message, cause}: {message: string; cause?: Reason},
  scene: Pick<ViewModel, 't' | 'clean'>,
): string {
  return cause === undefined ? scene.clean.free(message) : reasonText(cause, scene);
}
