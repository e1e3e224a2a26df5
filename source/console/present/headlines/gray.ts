import type {Release} from '../../../release/state.ts';
import {differenceText} from '../sides/compared.ts';
import {clockwork, milliseconds, setPercent, threeDigits} from '../../../text/format.ts';
import {loud, type Headline} from './headline.ts';
import type {Tone} from '../line.ts';
import {isActedOn} from '../../../analysis/limits.ts';
import type {MetricRow} from '../sides/metric-rows.ts';
import type {ViewModel} from '../view-model.ts';
import {isDim} from '../sides/sides.ts';
import {metricsToSee} from '../verdict/weighty.ts';
import {timeOfDay} from '../moment.ts';

const LISTED_AT_MOST = 3;

/** What stands out on gray: worse first, then what is worth a look. */
export function ofGray(scene: ViewModel, rows: readonly MetricRow[]): Headline[] {
  const {reading, t, mayAct} = scene;
  if (!reading.snapshot.split.live || isDim('gray', reading)) return [];
  const worse = toSeeFirst(
    rows.filter(row => row.compared.standing === 'worse'),
    reading,
  );
  const [first] = worse;
  if (first !== undefined) {
    const {since} = first;
    const when = since === null ? '' : t.headlines.forSince(clockwork(reading.at - since), timeOfDay(since));
    const also = worse.slice(1, 1 + LISTED_AT_MOST).map(({label}) => label);
    const against =
      first.compared.broken === null
        ? t.headlines.against(differenceText(first, t), first.texts.prod)
        : t.headlines.over(limitText(first), first.texts.prod);
    const tell = (also: readonly string[]): string =>
      t.headlines.worse(first.label, first.texts.gray, against, when, also);
    const lasted = since === null ? '' : clockwork(reading.at - since);
    const shorter = [
      tell([]),
      t.headlines.worseShort(first.label, first.texts.gray, first.texts.prod, lasted),
    ];
    return [{...loud('✖', 'alarm', tell(also), mayAct ? t.hints.rollback : ''), shorter}];
  }
  const doubtful = rows.filter(row => row.compared.standing === 'doubtful');
  if (doubtful.length === 0) return [];
  const list = doubtful.slice(0, LISTED_AT_MOST).map(row => `${row.label} ${differenceText(row, t)}`);
  return [
    {
      mark: '▲',
      tone: 'warn',
      isLoud: false,
      text: t.headlines.doubtful(list),
      hint: mayAct ? t.hints.chart : '',
    },
  ];
}

/**
 * What the verdict speaks of comes first: the operator acts on it. A limit that is broken says more than evidence,
 * but for one that only alerts.
 */
function toSeeFirst(rows: readonly MetricRow[], {judgement}: ViewModel['reading']): MetricRow[] {
  const {byLimit, byEvidence} = metricsToSee(judgement);
  const rank = ({metric, compared}: MetricRow): number => {
    const index = byLimit.indexOf(metric.name);
    if (index >= 0) return index;
    return byLimit.length + (isActedOn(compared) ? 0 : byEvidence.includes(metric.name) ? 1 : 2);
  };
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

function limitText({compared, metric}: MetricRow): string {
  if (compared.broken === null) return '';
  const {value} = compared.broken;
  return metric.kind === 'percent'
    ? setPercent(value)
    : metric.kind === 'ms'
      ? milliseconds(value)
      : threeDigits(value);
}

/** What stood out when gray was last heard of: no data is not good news. */
export function lastKnown(rows: readonly MetricRow[]): string[] {
  return rows
    .filter(row => row.compared.standing === 'worse')
    .slice(0, LISTED_AT_MOST)
    .map(row => `${row.label} ${row.texts.gray}`);
}

/** When nothing is wrong: that it is well, or that too little is known to say so. */
export function calm(
  release: Release | null,
  {reading, t, clean}: ViewModel,
  rows: readonly MetricRow[],
): Headline {
  const quiet = (mark: string, tone: Tone, text: string): Headline => ({
    mark,
    tone,
    isLoud: false,
    text,
    hint: '',
  });
  if (release === null) return quiet('○', 'quiet', t.idle.headline(clean.name(reading.feature)));
  if (release.state === 'deploying') return quiet('◌', 'strong', t.headlines.deploying);
  if (release.state === 'promoting') return quiet('▲', 'strong', t.headlines.promoting);
  const compared = rows.filter(row => row.compared.standing === 'same' || row.compared.standing === 'better');
  if (compared.length > 0) return quiet('✔', 'good', t.headlines.fine(compared.length));
  if (reading.gray.ageMs === null) return quiet('…', 'quiet', t.headlines.waiting);
  if (reading.snapshot.split.percent >= 100) return quiet('…', 'quiet', t.headlines.alone);
  return quiet('…', 'quiet', t.headlines.few(reading.gray.numbers.requests));
}
