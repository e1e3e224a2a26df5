import {describe, expect, test} from 'vitest';
import type {Commit} from '../../source/release/commit.ts';
import type {Event} from '../../source/release/event.ts';
import {phase, planOf} from '../release/plans.ts';
import {breachesOf, type History} from './history.ts';

const plan = planOf([phase('few', 5, {durationMs: 4000}), phase('some', 20, {durationMs: 4000})]);
const STARTED: Event[] = [
  {type: 'release-started', release: 'r-1', version: 'v2', over: 'v1', plan, steps: []},
  {type: 'phase-entered', release: 'r-1', phase: 0, percent: 5},
];
const RAISED: Event = {type: 'phase-entered', release: 'r-1', phase: 1, percent: 20};
const TAKEN_BACK: Event = {
  type: 'rollback-started',
  release: 'r-1',
  fromPercent: 5,
  reason: null,
  steps: [],
};

/** Commits of these authors, times and events, one after the other. */
function log(...entries: [by: string, at: number, ...events: Event[]][]): Commit[] {
  return entries.map(
    ([by, at, ...events], index) =>
      ({
        version: index + 1,
        id: `c${index + 1}`,
        parent: index === 0 ? null : `c${index}`,
        by,
        at,
        events,
      }) as unknown as Commit,
  );
}

function breaches(commits: Commit[], more: Partial<History> = {}): string[] {
  return breachesOf({
    commits,
    acknowledged: [],
    served: [],
    guards: ['guard-1', 'guard-2'],
    alerts: [],
    delivered: [],
    failed: [],
    boundMs: 10_000,
    ...more,
  });
}

const GUARDED = log(
  ['liu', 0, ...STARTED],
  ['guard-1', 100, {type: 'guard-taken', epoch: 1}],
  ['guard-1', 4200, RAISED],
);

describe('the model of a history', () => {
  test('finds nothing in a release that keeps its promises', () => {
    expect(breaches(GUARDED)).toEqual([]);
  });

  test.each<[string, string[]]>([
    [
      'a lost commit',
      breaches(log(['liu', 0, ...STARTED], ['liu', 1, RAISED], ['liu', 2, TAKEN_BACK]).toSpliced(1, 1)),
    ],
    [
      'a raise before its time',
      breaches(
        log(
          ['liu', 0, ...STARTED],
          ['guard-1', 100, {type: 'guard-taken', epoch: 1}],
          ['guard-1', 900, RAISED],
        ),
      ),
    ],
    [
      'a raise by a guard that has lost its epoch',
      breaches(
        log(
          ['liu', 0, ...STARTED],
          ['guard-1', 1, {type: 'guard-taken', epoch: 1}],
          ['guard-2', 2, {type: 'guard-taken', epoch: 2}],
          ['guard-1', 9000, RAISED],
        ),
      ),
    ],
    [
      'a raise after a rollback',
      breaches(
        log(
          ['liu', 0, ...STARTED],
          ['guard-1', 1, {type: 'guard-taken', epoch: 1}],
          ['liu', 2, TAKEN_BACK],
          ['guard-1', 9000, RAISED],
        ),
      ),
    ],
    [
      'a raise of a paused release',
      breaches(
        log(
          ['liu', 0, ...STARTED],
          ['guard-1', 1, {type: 'guard-taken', epoch: 1}],
          ['liu', 2, {type: 'release-paused', release: 'r-1', reason: null}],
          ['guard-1', 9000, RAISED],
        ),
      ),
    ],
    [
      'an acknowledged command that is lost',
      breaches(GUARDED, {acknowledged: [{by: 'chen', version: 9, beganAt: 0, answeredAt: 1}]}),
    ],
    [
      'a version that two commands were given',
      breaches(GUARDED, {
        acknowledged: [0, 1].map(() => ({by: 'liu', version: 1, beganAt: 0, answeredAt: 1})),
      }),
    ],
    [
      'commands out of order',
      breaches(log(['chen', 0, ...STARTED], ['liu', 1, TAKEN_BACK]), {
        acknowledged: [
          {by: 'liu', version: 2, beganAt: 0, answeredAt: 1},
          {by: 'chen', version: 1, beganAt: 5, answeredAt: 6},
        ],
      }),
    ],
    [
      'gray after a rollback and the bound',
      breaches(log(['liu', 0, ...STARTED], ['liu', 1000, TAKEN_BACK]), {
        served: [{app: 'app-1', release: 'r-1', at: 11_001}],
      }),
    ],
    ['an alert that was lost', breaches(GUARDED, {alerts: ['alarm-1.'], delivered: ['alarm-2.']})],
    [
      'a step that ran twice',
      breaches(
        log([
          'liu',
          0,
          ...STARTED,
          {type: 'step-ended', release: 'r-1', step: 'rollback.stop', outcome: 'done'} as unknown as Event,
          {type: 'step-started', release: 'r-1', step: 'rollback.stop'} as unknown as Event,
        ]),
      ),
    ],
  ])('finds %s', (_what, found) => {
    expect(found).toHaveLength(1);
  });

  test('lets gray be served until the bound, and a time of pause count', () => {
    const commits = log(['liu', 0, ...STARTED], ['liu', 1000, TAKEN_BACK]);
    expect(breaches(commits, {served: [{app: 'app-1', release: 'r-1', at: 11_000}]})).toEqual([]);
  });
});
