import {describe, expect, test} from 'vitest';
import {complete, next, pause, resume, rollback, set, start} from './orders.ts';
import {fourPhases, hooks} from './plans.ts';
import {given, guard, wait, HOUR, MINUTE, SECOND, type Happening} from './specification.ts';

const ops = guard(1);
const hold = (why: string) => ({type: 'hold-clock', release: 'r-1', why, by: ops}) as const;
const runClock = {type: 'run-clock', release: 'r-1', by: ops} as const;
const takeGuard = {type: 'take-guard', by: ops} as const;

describe('a pause', () => {
  test('keeps the percent and the reason', () => {
    const {release, split} = given(start(), next(0))
      .when(pause({reason: 'checking a user report'}))
      .thenEvents({type: 'release-paused', reason: 'checking a user report'});
    expect(release).toMatchObject({state: 'paused', percent: 20, pausedReason: 'checking a user report'});
    expect(split).toMatchObject({live: true, percent: 20});
  });

  test('stops going up, not going down', () => {
    given(start(), pause()).when(set(6)).thenRefused('wrong-state', 'resume it first');
    given(start(), pause()).when(next(0)).thenRefused('wrong-state', 'resume it first');
    given(start(), pause()).when(set(1)).thenEvents({type: 'percent-set', percent: 1});
    given(start(), pause()).when(rollback()).thenEvents({type: 'rollback-started', fromPercent: 5});
  });

  test('issued twice is one pause', () => {
    given(start(), pause()).when(pause()).thenNothing('already-so');
    given(start()).when(resume()).thenNothing('already-so');
  });

  test('is for a rolling release only', () => {
    given(start(fourPhases({hooks: hooks('deploy')})))
      .when(pause())
      .thenRefused('wrong-state', 'being deployed');
    given(start(), complete()).when(pause()).thenRefused('wrong-state', 'being promoted');
    given(start(), rollback()).when(resume()).thenRefused('wrong-state', 'rolling back');
  });

  test('ends with a resume at the same percent', () => {
    const {release} = given(start(), next(0), pause({reason: 'x'}))
      .when(resume())
      .thenEvents({type: 'release-resumed'});
    expect(release).toMatchObject({state: 'rolling', percent: 20, phase: 1, pausedReason: null});
  });

  test('may be set by a guard, and is ended by a person', () => {
    given(start(), takeGuard, pause({by: ops}))
      .when(resume({by: ops}))
      .thenRefused('needs-person', 'only a person ends a pause');
    given(start(), takeGuard, pause({by: ops}))
      .when(resume())
      .thenEvents({type: 'release-resumed'});
  });
});

/** Time of the phase clock at the end of a story, milliseconds. */
function ranMs(...history: Happening[]): number {
  const {release, at} = given(...history);
  const {since, ranMs} = release.clock;
  return ranMs + (since === null ? 0 : at - since);
}

describe('the clock of a phase', () => {
  test('runs while the release rolls', () => {
    expect(ranMs(start(), wait(HOUR))).toBe(HOUR);
  });

  test('does not count a pause', () => {
    const before = ranMs(start(), wait(10 * MINUTE), pause());
    expect(before).toBe(10 * MINUTE + SECOND);
    expect(ranMs(start(), wait(10 * MINUTE), pause(), wait(5 * HOUR))).toBe(before);
    expect(ranMs(start(), wait(10 * MINUTE), pause(), wait(5 * HOUR), resume(), wait(MINUTE))).toBe(
      before + MINUTE,
    );
  });

  test('does not count time without data', () => {
    const held = [start(), takeGuard, wait(MINUTE), hold('no data for 30 s')];
    expect(ranMs(...held, wait(HOUR))).toBe(ranMs(...held));
    expect(given(...held).release.clock.held).toBe('no data for 30 s');
    expect(ranMs(...held, wait(HOUR), runClock, wait(MINUTE))).toBe(ranMs(...held) + MINUTE);
  });

  test('stays stopped when its reason changes', () => {
    const held = [start(), takeGuard, hold('no data'), wait(HOUR), hold('2 routers at another percentage')];
    expect(ranMs(...held, wait(HOUR))).toBe(ranMs(start(), takeGuard, hold('no data')));
    given(...held)
      .when(hold('2 routers at another percentage'))
      .thenNothing('already-so');
    given(start(), takeGuard).when(runClock).thenNothing('already-so');
  });

  test('stays held over a pause, and does not run while paused although its reason is gone', () => {
    const paused = [start(), takeGuard, hold('no data'), pause()];
    const stood = ranMs(...paused);
    expect(ranMs(...paused, wait(HOUR), resume(), wait(HOUR))).toBe(stood);
    expect(ranMs(...paused, wait(HOUR), runClock, wait(HOUR))).toBe(stood);
    expect(ranMs(...paused, wait(HOUR), runClock, resume(), wait(MINUTE))).toBe(stood + MINUTE);
  });

  test('begins again with each phase', () => {
    expect(ranMs(start(), wait(HOUR), next(0), wait(MINUTE))).toBe(MINUTE);
  });

  test('does not begin again when the percent is set by hand', () => {
    expect(ranMs(start(), wait(HOUR), set(10), wait(MINUTE))).toBe(HOUR + MINUTE + SECOND);
  });

  test('stops when the release is promoted or rolled back', () => {
    expect(ranMs(start(), wait(HOUR), complete(), wait(HOUR))).toBe(HOUR + SECOND);
    expect(ranMs(start(), wait(HOUR), rollback(), wait(HOUR))).toBe(HOUR + SECOND);
  });

  test('counts up to `since` if the guard gives it', () => {
    const rolling = given(start(), takeGuard, wait(10 * MINUTE));
    const blind = given(start(), takeGuard, wait(10 * MINUTE), {
      ...hold('no data'),
      since: rolling.at - 9 * MINUTE,
    });
    const entered = blind.release.phaseEnteredAt ?? 0;
    expect(blind.release.clock).toMatchObject({ranMs: rolling.at - 9 * MINUTE - entered, since: null});
    // At most the time that has passed, and at least 0.
    const ahead = given(start(), takeGuard, {...hold('no data'), since: rolling.at + HOUR});
    expect(ahead.release.clock.ranMs).toBe(2 * SECOND);
    const before = given(start(), takeGuard, wait(MINUTE), {...hold('no data'), since: 0});
    expect(before.release.clock.ranMs).toBe(0);
  });

  test('loses nothing when the clock of the store jumps back', () => {
    const {release, at} = given(start(), wait(HOUR), pause());
    const {release: after} = given(start(), wait(HOUR), pause(), {...resume(), at: at - 2 * HOUR}, pause());
    expect(after.clock.ranMs).toBeGreaterThanOrEqual(release.clock.ranMs);
  });

  test('is stopped and continued only by guards, and only in a phase', () => {
    given(start())
      .when({...hold('no data'), by: undefined!})
      .thenRefused('bad-input');
    given(start()).when({type: 'hold-clock', release: 'r-1', why: 'x'}).thenRefused('not-a-guard');
    given(start(), takeGuard, complete()).when(hold('no data')).thenRefused('wrong-state');
  });
});
