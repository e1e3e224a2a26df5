import {describe, expect, test} from 'vitest';
import {analysisSnapshot} from '../../source/analysis/windows/snapshot.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {initialState} from '../../source/release/state.ts';
import {composeReport} from '../../source/report/compose.ts';
import {writeMarkdown} from '../../source/report/markdown.ts';
import {reportWordsOf} from '../../source/report/words/words-of.ts';
import {feed} from '../analysis/feed.ts';
import type {Commit} from '../../source/release/commit.ts';
import type {Tally} from '../../source/analysis/windows/roll-up.ts';
import {storyOf} from '../../source/report/story.ts';
import {begin, end, next, pause, resume, rollback, start, takenBack} from '../release/orders.ts';
import {fourPhases} from '../release/plans.ts';
import {DAWN, FEATURE, HOUR, MINUTE, SECOND, wait} from '../release/specification.ts';
import {logOf, minute, reportOf} from './sample-log.ts';

const report = (commits: readonly Commit[], tallies: readonly Tally[] = [], now = DAWN + 6 * HOUR) =>
  reportOf(commits, tallies, {now});

/** Alpha for 2 h with a pause of 30 min, beta for 1 h, then rolled back. */
const takenBackFromBeta = () =>
  logOf(
    start(fourPhases()),
    wait(HOUR),
    pause({reason: 'a user report'}),
    wait(30 * MINUTE - SECOND),
    resume(),
    wait(30 * MINUTE),
    next(0),
    wait(HOUR),
    rollback({reason: 'gray error rate 6.2 % > 5 %'}),
    begin('rollback.traffic'),
    end('rollback.traffic', 'done', {
      facts: {ms: 210, routers: 14, confirmed: 13, silent: 1, grayRequestsAfter: 41},
    }),
    ...takenBack().slice(2),
  );

describe('a release that was rolled back', () => {
  const commits = takenBackFromBeta();
  const startedAt = commits[0]!.at;
  const tallies = [
    ...Array.from({length: 120}, (_, index) =>
      minute(startedAt + index * MINUTE, {
        prod: {requests: 950, errors: 5, took: 100, conversions: 50},
        gray: {requests: 50, errors: 0, took: 100, conversions: 2, users: [`u${index % 30}`]},
      }),
    ),
    ...Array.from({length: 60}, (_, index) =>
      minute(startedAt + (120 + index) * MINUTE, {
        prod: {requests: 800, errors: 4, took: 100, conversions: 40},
        gray: {requests: 200, errors: 12, took: 400, conversions: 8, users: [`v${index}`]},
      }),
    ),
  ];
  const told = report(commits, tallies);

  test('reports its end, percent, duration and the requests that gray still got', () => {
    expect(told).toMatchObject({
      state: 'rolled_back',
      rollback: {
        fromPercent: 20,
        reason: 'gray error rate 6.2 % > 5 %',
        by: 'liu on laptop',
        toProdMs: 210,
        routers: 14,
        confirmed: 13,
        silent: 1,
        requestsAfter: 41,
      },
    });
    expect(told.percents.map(({percent}) => percent)).toEqual([5, 20, 0]);
  });

  test('reports time paused apart from time in the phase', () => {
    expect(told.phases).toMatchObject([
      {name: 'alpha', percent: 5, pausedMs: 30 * MINUTE},
      {name: 'beta', percent: 20, pausedMs: 0},
    ]);
    expect(told.pausedMs).toBe(30 * MINUTE);
    const [alpha] = told.phases;
    expect(alpha!.to! - alpha!.from).toBe(2 * HOUR + 2 * SECOND);
  });

  test('has the numbers of both sides in each phase and in all', () => {
    const [alpha, beta] = told.phases;
    expect(alpha!.sides.gray).toMatchObject({requests: 6000, errors: 0, errorRate: 0});
    expect(beta!.sides.gray).toMatchObject({requests: 12_000, errors: 720, errorRate: 6});
    expect(beta!.sides.prod).toMatchObject({errorRate: 0.5});
    expect(told.sides.gray).toMatchObject({requests: 18_000, errorRate: 4});
    expect(told.exposure.requests).toBe(18_000);
    expect(told.exposure.users).toBeGreaterThan(85);
    expect(told.exposure.users).toBeLessThan(95);
  });

  test('reports the differences, and the side that each speaks for', () => {
    const of = (metric: string) => told.differences.find(one => one.metric === metric)!;
    expect(of('error_rate')).toMatchObject({better: 'prod', gray: 4});
    expect(of('conversion_rate')).toMatchObject({better: 'prod'});
    expect(of('response_time_p95').times).toBeCloseTo(4, 1);
    expect(of('response_time_p50')).toMatchObject({better: 'prod'});
  });

  test('has a course in steps that fit into a chart', () => {
    const {course} = told;
    expect(course.at.length).toBeLessThanOrEqual(241);
    expect(course.gray.errorRate).toHaveLength(course.at.length);
    expect(course.gray.errorRate.at(5)).toBe(0);
    expect(Math.max(...course.gray.errorRate.map(value => value ?? 0))).toBe(6);
    expect(course.percent[0]).toBe(5);
    expect(course.percent.at(-1)).toBe(0);
  });

  test('reports every step, also skipped ones', () => {
    expect(told.steps.find(({id}) => id === 'rollback.traffic')).toMatchObject({state: 'done', ms: SECOND});
    expect(told.steps.find(({id}) => id === 'rollback.stop')).toMatchObject({state: 'skipped', ms: null});
  });
});

test('a report without numbers says so and is made from the log', () => {
  const told = report(takenBackFromBeta());
  expect(told).toMatchObject({coveredPercent: 0, sides: {prod: null, gray: null}, differences: []});
  expect(told.timeline.length).toBeGreaterThan(8);
});

test('a report without roll-ups uses the snapshot of the rollback', () => {
  const commits = takenBackFromBeta();
  const {release} = storyOf(FEATURE, commits, 'r-1', DAWN + 6 * HOUR)!;
  const {at} = release.rollback!;
  const windows = new Windows();
  windows.begin({release: 'r-1', splitVersion: 0, since: release.startedAt});
  for (let t = at - MINUTE; t < at + 5 * SECOND; t += SECOND) {
    feed(windows, t, 'side prod requests 90 errors 1');
    if (t < at) feed(windows, t, 'side gray requests 10 errors 3');
  }
  const state = {...initialState(FEATURE), release};
  const snapshot = analysisSnapshot({state, release, commits, windows, now: at + 5 * SECOND});
  const told = reportOf(commits, [], {now: DAWN + 6 * HOUR, snapshot});
  expect(told.sides).toEqual({prod: null, gray: null});
  expect(told.rollback!.near).toMatchObject({
    before: [{minutes: 1, gray: {requests: 600, errorRate: 30}}, {minutes: 5}, {minutes: 15}],
    after: {seconds: 5, prod: {requests: 450}, gray: null},
  });
  expect(Math.max(...told.course.gray.errorRate.map(rate => rate ?? 0))).toBe(30);
  expect(told.course.percent.at(-1)).toBe(0);
  const markdown = writeMarkdown(composeReport(told, reportWordsOf('en'), 'UTC'));
  expect(markdown).toContain('Only the numbers around its rollback are stored');
  expect(markdown).toContain('| the last 1 min before | 5,400 / 600 | 1.11 % / 30 % |');
});

test('the report of a running release ends now', () => {
  const told = report(logOf(start(fourPhases()), wait(HOUR), pause()), [], DAWN + 2 * HOUR);
  expect(told).toMatchObject({state: 'paused', endedAt: null});
  expect(told.phases[0]).toMatchObject({to: null, pausedMs: 2 * HOUR - (HOUR + 2 * SECOND)});
});

test('the report of a superseded release ends with it', () => {
  const commits = logOf(
    start(fourPhases()),
    wait(HOUR),
    start(fourPhases(), {release: 'r-2', version: 'v3', supersede: true}),
    ...takenBack(),
  );
  const endedAt = commits.at(-1)!.at;
  const told = report(commits, [], endedAt + HOUR);
  expect(told).toMatchObject({state: 'rolled_back', endedAt, totalMs: endedAt - commits[0]!.at});
  expect(told.steps.filter(({state}) => state === 'running' || state === 'pending')).toEqual([]);
  expect(told.phases).toHaveLength(1);
  expect(told.timeline.filter(({text}) => text === 'release-started')).toHaveLength(1);
});

test('an unknown release has no report', () => {
  expect(storyOf(FEATURE, takenBackFromBeta(), 'r-9', DAWN)).toBeNull();
});
