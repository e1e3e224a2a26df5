import {describe, expect, test} from 'vitest';
import {composeReport} from '../../source/report/compose.ts';
import {writeHtml} from '../../source/report/html/page.ts';
import {writeMarkdown} from '../../source/report/markdown.ts';
import {momentsIn} from '../../source/report/moments.ts';
import {reportWordsOf} from '../../source/report/words/words-of.ts';
import {next, pause, resume, rollback, start, takenBack} from '../release/orders.ts';
import {fourPhases} from '../release/plans.ts';
import {HOUR, MINUTE, wait} from '../release/specification.ts';
import {logOf, minute, reportOf} from './sample-log.ts';

const HOSTILE = '<script>alert(1)</script> | **bold** "quoted"\u202E\u0007\u001B]0;title\u0007';

const commits = logOf(
  start(fourPhases()),
  wait(HOUR),
  next(0),
  wait(MINUTE),
  pause({reason: HOSTILE}),
  wait(MINUTE),
  resume(),
  rollback({reason: HOSTILE}),
  ...takenBack(),
);
const startedAt = commits[0]!.at;
const tallies = Array.from({length: 62}, (_, index) =>
  minute(startedAt + index * MINUTE, {
    prod: {requests: 900, errors: 9, took: 120},
    // 15 minutes without samples of gray.
    ...(index > 20 && index < 36 ? {} : {gray: {requests: 100, errors: 5, took: 130}}),
  }),
);
const report = reportOf(commits, tallies, {
  now: startedAt + 2 * HOUR,
  feedback: [{phase: 'alpha', version: 'v2', count: 3, rating: 4.333, types: {bug: 1, suggestion: 2}}],
});
const zone = 'Asia/Shanghai';

describe.each(['en', 'zh'] as const)('a report in words (%s)', lang => {
  const document = composeReport(report, reportWordsOf(lang), zone);
  const markdown = writeMarkdown(document);
  const html = writeHtml(document, momentsIn(zone));

  test('has every section with content once', () => {
    const {sections} = reportWordsOf(lang);
    for (const name of [
      'differences',
      'charts',
      'phases',
      'rollback',
      'steps',
      'pauses',
      'feedback',
      'timeline',
    ] as const) {
      expect(markdown.split(`\n## ${sections[name]}\n`)).toHaveLength(2);
      expect(html.split(`<h2>${sections[name]}</h2>`)).toHaveLength(2);
    }
    expect(markdown).not.toContain(`## ${sections.alerts}`);
  });

  test('escapes the texts of people', () => {
    expect(html).not.toMatch(/<script/iu);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    for (const sign of ['\u202E', '\u0007', '\u001B']) {
      expect(html).not.toContain(sign);
      // A terminal shows this text.
      expect(markdown).not.toContain(sign);
    }
    expect(markdown).not.toContain('<script');
    expect(markdown).toContain(String.raw`\*\*bold\*\*`);
    for (const line of markdown.split('\n').filter(line => line.startsWith('| ')))
      expect(line.replaceAll(String.raw`\|`, '').split('|').length).toBeGreaterThan(3);
  });

  test('is self-contained', () => {
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/\b(?:src|href)=|url\(|@import|https?:/u);
  });

  test('draws a gap for time without samples', () => {
    const [, path = ''] = /class="gray" d="(M[^"]*M[^"]*)"/u.exec(html) ?? [];
    expect(path.match(/M/gu)?.length).toBe(2);
    expect(html).not.toContain('NaN');
  });
});

test('times are in the given zone', () => {
  const markdown = writeMarkdown(composeReport(report, reportWordsOf('en'), 'UTC'));
  const inShanghai = writeMarkdown(composeReport(report, reportWordsOf('en'), zone));
  expect(markdown).toContain('2027-01-15 08:00:01');
  expect(inShanghai).toContain('2027-01-15 16:00:01');
  expect(inShanghai).toContain('times in Asia/Shanghai');
});
