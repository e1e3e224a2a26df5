import {expect, test} from 'vitest';
import {inWords, writtenReport} from '../../source/cli/report/write-report.ts';
import type {Reason} from '../../source/release/state.ts';
import {rollback, start, takenBack} from '../release/orders.ts';
import {guard, MINUTE, wait} from '../release/specification.ts';
import {logOf, reportOf} from './sample-log.ts';

const cause: Reason = {
  code: 'guardrail',
  metric: 'error_rate',
  value: 12.4,
  threshold: 10,
  samples: 900,
  windowSeconds: 60,
  text: 'gray error rate 12.4 %, passes at 10 % or less',
};
const by = guard(1);
const commits = logOf(
  start(),
  {type: 'take-guard', by},
  wait(2 * MINUTE),
  {type: 'alert', alert: 'a-1', level: 'critical', message: cause.text, cause, by},
  {type: 'alert', alert: 'a-2', level: 'warning', message: 'refunds look slow'},
  {type: 'verdict', release: 'r-1', action: 'rollback', reasons: [cause], by},
  rollback({reason: cause.text, by}),
  ...takenBack(),
);
const report = reportOf(commits, [], {now: commits.at(-1)!.at});

test("a guard's findings are in the language of the reader, texts of people are unchanged", () => {
  const {verdicts, alerts, rollback} = inWords(report, 'zh');
  for (const text of [verdicts[0]!.reasons[0]!.text, alerts[0]!.message, rollback!.reason!]) {
    expect(text).toContain('错误率');
    expect(text).toContain('12.4 %');
    expect(text).not.toMatch(/[a-z]{3}/u);
  }
  expect(alerts[1]!.message).toBe('refunds look slow');
});

test('a Chinese report has Chinese units of time', () => {
  const markdown = writtenReport(report, 'md', 'zh');
  expect(markdown).toMatch(/共运行 2 分( \d+ 秒)?/u);
  expect(writtenReport(report, 'md', 'en')).toMatch(/after 2 min( \d+ s)?/u);
});
