import type {SideNumbers} from '../analysis/numbers.ts';
import type {Difference, ReportSides} from './report.ts';
import type {Story} from './story.ts';
import type {Weighed, Weight} from './weighing.ts';

interface Row {
  metric: Difference['metric'];
  weighed: Weighed;
  unit: Difference['unit'];
  higherIs: 'better' | 'worse';
  of: (numbers: SideNumbers) => number | null;
}

const time = (part: 'p50' | 'p95' | 'p99'): Row => ({
  metric: `response_time_${part}`,
  weighed: 'response_time',
  unit: 'ms',
  higherIs: 'worse',
  of: ({responseTime}) => responseTime[part],
});
const ratio = (
  metric: 'error_rate' | 'availability' | 'conversion_rate',
  higherIs: Row['higherIs'],
  of: Row['of'],
): Row => ({metric, weighed: metric, unit: 'percent', higherIs, of});

const ROWS: readonly Row[] = [
  ratio('error_rate', 'worse', ({errorRate}) => errorRate),
  ratio('availability', 'better', ({availability}) => availability),
  ratio('conversion_rate', 'better', ({conversionRate}) => conversionRate),
  time('p50'),
  time('p95'),
  time('p99'),
];
/** Relative difference below which two values count as equal, 0–1. */
const SAME = 0.02;
/** Codes of reasons by which the judge has decided against gray. */
const DECIDED: ReadonlySet<string> = new Set(['evidence', 'evidence_slow', 'guardrail']);

/** What the judge found while the release ran. */
export interface JudgedThen {
  /** Whether evidence was gathered. If so, a metric without a finding does not speak against gray. */
  hasEvidence: boolean;
  /** Metrics that the judge decided on. */
  against: ReadonlySet<string>;
}

/** Collects the judge's findings from the log. */
export function judgedThen({
  release,
  verdicts,
  alerts,
}: Pick<Story, 'release' | 'verdicts' | 'alerts'>): JudgedThen {
  const stopped = verdicts.filter(({action}) => action === 'pause' || action === 'rollback');
  const reasons = [
    ...stopped.flatMap(({reasons: all}) => all),
    ...alerts.flatMap(({cause}) => (cause?.code.startsWith('evidence') === true ? [cause] : [])),
  ];
  const against = reasons.flatMap(({code, metric}) => (DECIDED.has(code) && metric !== null ? [metric] : []));
  return {hasEvidence: release.plan.evidence !== null && verdicts.length > 0, against: new Set(against)};
}

/**
 * The metrics of both sides, and the side that each speaks for. Prod: the judge decided so, or no evidence
 * was gathered and the difference is significant. Gray: the difference is significant. Otherwise it may be
 * chance.
 */
export function differencesOf(
  {prod, gray}: ReportSides,
  weights: Readonly<Record<Weighed, Weight>>,
  judged: JudgedThen,
): Difference[] {
  if (prod === null || gray === null) return [];
  return ROWS.flatMap(row => {
    const {metric, unit, of} = row;
    const [p, g] = [of(prod), of(gray)];
    if (p === null || g === null) return [];
    const better = speaksFor(row, p, g, weights[row.weighed], judged);
    return [{metric, unit, prod: p, gray: g, times: p === 0 ? null : g / p, better}];
  });
}

function speaksFor(
  {metric, weighed, higherIs}: Row,
  prod: number,
  gray: number,
  weight: Weight,
  {hasEvidence, against}: JudgedThen,
): Difference['better'] {
  if (Math.abs(gray - prod) <= SAME * Math.max(Math.abs(prod), Math.abs(gray))) return 'neither';
  const isMore = gray > prod;
  const isSure = weight === (isMore ? 'more' : 'less');
  if (isMore === (higherIs === 'better')) return isSure ? 'gray' : 'neither';
  const isDecided = against.has(metric) || against.has(weighed);
  return isDecided || (isSure && !hasEvidence) ? 'prod' : 'neither';
}
