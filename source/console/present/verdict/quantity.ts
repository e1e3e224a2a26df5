import {amount, amounts} from '../../../text/amounts.ts';
import type {JudgedCondition} from '../../../analysis/judge/outcome.ts';
import type {Unit} from '../../../release/plan.ts';
import type {Messages} from '../../messages/catalogue.ts';
import {labelElsewhere} from '../sides/elsewhere.ts';
import type {ViewModel} from '../view-model.ts';

/** A value in its unit, short, in the words of the screen. */
export function quantity(value: number, unit: Unit, t: Messages): string {
  return inWords(amount(value, unit), unit, t);
}

/** A value and its limit, with as many digits as it takes to see that they differ. */
function quantities(value: number, limit: number, unit: Unit, t: Messages): [string, string] {
  const [one, other] = amounts(value, limit, unit);
  return [inWords(one, unit, t), inWords(other, unit, t)];
}

function inWords(text: string, unit: Unit, t: Messages): string {
  return unit === 'points' ? text.replace(/points$/u, t.points) : text;
}

/** What a metric is called on the screen. */
export function metricLabel(name: string, {t, clean}: Pick<ViewModel, 't' | 'clean'>): string {
  const plain = name === 'response_time_avg' ? 'response_time' : name;
  return labelElsewhere(plain, t) ?? clean.name(plain, 24);
}

/** What was judged: the metric, or gray's improvement of it. */
export function judgedLabel({metric, improvement}: JudgedCondition, scene: ViewModel): string {
  const label = metricLabel(metric, scene);
  return improvement ? scene.t.verdict.improvement(label) : label;
}

/** The value, null where it is not known, and the limit with its operator: `6.2 %`, `> 5 %`. */
export function valueAndLimit(
  judged: JudgedCondition,
  {t}: ViewModel,
): {value: string | null; limit: string} {
  const {op, unit, value, threshold, timesProd} = judged;
  const times = timesProd === null ? null : t.verdict.timesProd(timesProd);
  if (threshold === null)
    return {value: value === null ? null : quantity(value, unit, t), limit: `${op} ${times ?? ''}`};
  const [shown, limit] =
    value === null ? [null, quantity(threshold, unit, t)] : quantities(value, threshold, unit, t);
  return {value: shown, limit: times === null ? `${op} ${limit}` : `${op} ${times} (${limit})`};
}
