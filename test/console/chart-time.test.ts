import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {chosenTime, nextZoom, wholeTime} from '../../source/console/chart-time.ts';
import {readHistories, stepsFor} from '../../source/console/history.ts';
import type {Commit} from '../../source/release/commit.ts';
import type {Release} from '../../source/release/state.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Gray begins here; the release was deployed for ten minutes before. */
const BEGAN = 1_800_000_000_000;
const STARTED = BEGAN - 10 * MINUTE;

function commit(at: number, live: boolean): Commit {
  return {at, version: 1, events: [], split: {live, percent: live ? 5 : 0}} as unknown as Commit;
}

const COMMITS = [
  commit(STARTED - HOUR, true),
  commit(STARTED, false),
  commit(BEGAN, true),
  commit(BEGAN + MINUTE, true),
];

function release(rollbackAt: number | null = null): Release {
  const rollback = rollbackAt === null ? null : {at: rollbackAt};
  return {state: 'rolling', startedAt: STARTED, rollback} as unknown as Release;
}

/** Share of a chart that lies after gray began. */
function grayShare(at: number): number {
  const {from, to} = wholeTime(release(), COMMITS, at);
  return (to - BEGAN) / (to - from);
}

describe('the time that charts show', () => {
  it('begins shortly before gray did and grows with it, up to a month', () => {
    for (const age of [3, 5, 10, 31, 60, 100].map(seconds => seconds * SECOND))
      expect(grayShare(BEGAN + age), `after ${age} ms`).toBeGreaterThanOrEqual(0.3);
    for (const age of [2 * MINUTE, 14 * MINUTE, HOUR, 72 * HOUR, 720 * HOUR])
      expect(grayShare(BEGAN + age)).toBeGreaterThan(0.74);
    expect(wholeTime(release(), COMMITS, BEGAN + 14 * MINUTE)).toMatchObject({
      from: BEGAN - 3.5 * MINUTE,
      kind: 'release',
    });
  });

  it('gives gray more than four columns in the smallest chart, however young it is', () => {
    for (let age = 3; age <= 3600; age++) {
      const {from, to} = wholeTime(release(), COMMITS, BEGAN + age * SECOND);
      const {measuredMs, repeat} = stepsFor(to - from, 40);
      expect((age * SECOND * repeat) / measuredMs, `after ${age} s`).toBeGreaterThan(4);
    }
  });

  it('stands still after a rollback, with the cause in sight', () => {
    const rolledBack = release(BEGAN + 4 * MINUTE);
    const soon = wholeTime(rolledBack, COMMITS, BEGAN + 4 * MINUTE + 10 * SECOND);
    expect(soon.to).toBe(BEGAN + 4 * MINUTE + 10 * SECOND);
    const later = wholeTime(rolledBack, COMMITS, BEGAN + 24 * HOUR);
    expect(later).toEqual({from: BEGAN - MINUTE, to: BEGAN + 5 * MINUTE, kind: 'ended', isPast: true});
  });

  it('is the last minutes where no release serves gray', () => {
    expect(wholeTime(null, [], BEGAN)).toEqual({from: BEGAN - 15 * MINUTE, to: BEGAN, kind: 'recent'});
    expect(wholeTime(release(), COMMITS.slice(0, 2), BEGAN).kind).toBe('recent');
  });

  it('is zoomed from a minute to the whole, step by step', () => {
    const whole = wholeTime(release(), COMMITS, BEGAN + 2 * HOUR);
    const lengths: (number | null)[] = [];
    let zoom: number | null = null;
    for (let times = 0; times < 5; times++) lengths.push((zoom = nextZoom(zoom, whole, 'shorter')));
    expect(lengths).toEqual([HOUR, 15 * MINUTE, 5 * MINUTE, MINUTE, MINUTE]);
    for (let times = 0; times < 5; times++) zoom = nextZoom(zoom, whole, 'longer');
    expect(zoom).toBeNull();
  });

  it('never leaves the whole when it is moved', () => {
    const whole = wholeTime(release(), COMMITS, BEGAN + 2 * HOUR);
    fc.assert(
      fc.property(
        fc.integer({min: -1e9, max: 1e9}),
        fc.constantFrom(MINUTE, HOUR, 9 * HOUR),
        (by, zoomMs) => {
          const time = chosenTime(whole, {zoomMs, endAt: whole.to + by});
          expect(time.from).toBeGreaterThanOrEqual(whole.from);
          expect(time.to).toBeLessThanOrEqual(whole.to);
        },
      ),
    );
  });
});

describe('measurements of a chart', () => {
  it('reach back as far as wanted and hardly further, at round times', () => {
    const spans = fc.integer({min: 10_000, max: 30 * 24 * HOUR});
    fc.assert(
      fc.property(spans, fc.integer({min: 30, max: 400}), (span, points) => {
        const {measuredMs, repeat} = stepsFor(span, points);
        const shown = (points * measuredMs) / repeat;
        expect(shown).toBeGreaterThanOrEqual(span);
        expect(shown).toBeLessThanOrEqual(Math.max(span * 2.1, points * SECOND));
        expect(Math.ceil(points / repeat)).toBeLessThanOrEqual(80);
      }),
    );
  });

  it('fill the chart of a young release by repeating each', () => {
    const seen: number[] = [];
    const series = (_side: string, _metric: string, span: {from: number; to: number}, stepMs: number) => {
      const count = Math.ceil((span.to - span.from) / stepMs);
      seen.push(stepMs);
      return Array.from({length: count}, (_, index) => index);
    };
    const time = {from: BEGAN - 10_000, to: BEGAN};
    const history = readHistories({series}, ['error_rate'], time, 40).get('error_rate');
    expect(seen).toEqual([SECOND, SECOND]);
    expect(history).toMatchObject({measuredMs: SECOND, stepMs: 250});
    expect(new Set(history?.gray).size).toBe(10);
    expect(history?.gray).toHaveLength(40);
  });
});
