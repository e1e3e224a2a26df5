import type {ReportChart} from './document.ts';
import type {CourseOfSide, ReleaseReport} from './report.ts';
import type {ReportWords} from './words/words.ts';

const METRICS: readonly [name: keyof CourseOfSide, unit: ReportChart['unit']][] = [
  ['errorRate', '%'],
  ['p95', 'ms'],
  ['requestsPerSecond', '/s'],
  ['conversionRate', '%'],
];

/**
 * Charts of the set percent, then of every measured metric, with marks for verdicts, alerts and the rollback.
 */
export function chartsOf(
  {course, verdicts, alerts, rollback}: ReleaseReport,
  words: ReportWords,
): ReportChart[] {
  const {at, stepMs, percent} = course;
  const marks: ReportChart['marks'][number][] = [
    ...verdicts
      .filter(({action}) => action === 'pause' || action === 'rollback')
      .map(({at, action, reasons}) => ({
        at,
        text: `${words.actions[action]}: ${reasons[0]?.text ?? ''}`,
        tone: action === 'rollback' ? ('bad' as const) : ('warn' as const),
      })),
    ...alerts.map(({raisedAt, level, message}) => ({
      at: raisedAt,
      text: `${words.levels[level]}: ${message}`,
      tone: level === 'critical' ? ('bad' as const) : ('warn' as const),
    })),
    ...(rollback === null
      ? []
      : [{at: rollback.at, text: words.because(rollback.reason ?? rollback.by), tone: 'bad' as const}]),
  ];
  const metrics = METRICS.map(([name, unit]): ReportChart => ({
    title: words.charts[name],
    unit,
    at,
    stepMs,
    marks,
    lines: [
      {name: words.prod, side: 'prod', values: course.prod[name]},
      {name: words.gray, side: 'gray', values: course.gray[name]},
    ],
  }));
  const measured = metrics.filter(({lines}) =>
    lines.some(({values}) => values.some(value => value !== null)),
  );
  if (at.length < 2) return [];
  const set: ReportChart = {
    title: words.charts.percent,
    unit: '%',
    at,
    stepMs,
    marks: [],
    lines: [{name: words.gray, side: 'gray', values: percent}],
  };
  return [set, ...measured];
}
