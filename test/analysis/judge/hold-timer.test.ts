import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  BLIND_BREAK_MS,
  follow,
  type Sighting,
  type HoldTimer,
} from '../../../source/analysis/judge/hold-timer.ts';

const T0 = 1_800_000_000_000;
const FOR = 60_000;

interface Step {
  gapMs?: number;
  sighting?: Sighting;
  /** How far data are behind the look. */
  behindMs?: number;
  isOver?: boolean;
}

/** Follows a track over steps of a second that hold, unless told otherwise. */
function run(steps: readonly Step[], from: HoldTimer | null = null, forMs = FOR): HoldTimer[] {
  let track = from;
  let at = from?.at ?? T0;
  return steps.map(({gapMs = 1000, sighting = 'holds', behindMs = 0, isOver = false}) => {
    at += gapMs;
    track = follow(track, {
      at,
      dataAt: at - behindMs,
      sighting,
      forMs,
      isOver: () => isOver,
      longestGapMs: 5000,
    });
    return track;
  });
}

const HOLDS: Step = {};
const BLIND: Step = {sighting: 'blind'};
const times = <T>(count: number, step: T): T[] => Array.from({length: count}, () => step);
const last = (tracks: HoldTimer[]): HoldTimer => tracks.at(-1)!;

describe('a guardrail that holds', () => {
  test('is on when it has held for its duration, and not a second before', () => {
    const tracks = run(times(61, {}));
    expect(tracks.findIndex(({isOn}) => isOn)).toBe(60);
    expect(tracks[60]!.heldMs).toBe(60_000);
  });

  test('without a duration is on at once', () => {
    expect(last(run([{}], null, 0)).isOn).toBe(true);
  });

  test('begins anew after a look at which it surely does not hold', () => {
    const tracks = run([...times(60, {}), {sighting: 'clear'}, ...times(60, {})]);
    expect(tracks.some(({isOn}) => isOn)).toBe(false);
    expect(last(run([{}], last(tracks))).isOn).toBe(true);
  });

  test('is not shaken off by looks just short of the limit, nor helped by them', () => {
    const short: Step = {sighting: 'between'};
    const tracks = run([...times(31, {}), ...times(30, short), ...times(29, {})]);
    expect(last(tracks)).toMatchObject({heldMs: 59_000, isOn: false});
    expect(last(run([{}], last(tracks))).isOn).toBe(true);
    expect(last(run(times(60, [{}, short]).flat())).heldMs).toBe(59_000);
  });

  test('neither counts nor loses a blind stretch of a minute; a longer one is a break', () => {
    const held = run(times(31, {}));
    const minute = run([...times(60, BLIND), HOLDS], last(held));
    expect(last(minute).heldMs).toBe(31_000);
    expect(last(run([...times(61, BLIND), HOLDS], last(held))).heldMs).toBe(0);
  });

  test('counts only what data bear out: a stream that stopped counts nothing, one that is behind catches up', () => {
    const held = last(run(times(31, {})));
    const stopped = run(
      times(20, 0).map((_, index) => ({behindMs: (index + 1) * 1000})),
      held,
    );
    expect(last(stopped).heldMs).toBe(30_000);
    expect(last(run([{behindMs: 0}], last(stopped))).heldMs).toBe(51_000);
  });

  test('is not on while it is over already, and is as soon as it is not', () => {
    const tracks = run([...times(61, {isOver: true}), {isOver: false}]);
    expect(tracks.map(({isOn}) => isOn).indexOf(true)).toBe(61);
  });

  test('stays on until a break', () => {
    const on = last(run(times(61, {})));
    expect(last(run(times(50, BLIND), on)).isOn).toBe(true);
    expect(last(run(times(50, {sighting: 'between'}), on)).isOn).toBe(true);
    expect(last(run([{sighting: 'clear'}], on)).isOn).toBe(false);
  });
});

describe('clocks', () => {
  test('a clock that jumps ahead does not make it held', () => {
    for (const gapMs of [6000, 59_000, 3_600_000, 1e12]) {
      const held = last(run(times(31, {})));
      expect(last(run([{gapMs}], held)).isOn).toBe(false);
      expect(last(run([{gapMs}], held)).heldMs).toBeLessThanOrEqual(30_000);
    }
  });

  test('a clock that goes back neither counts nor loses what was held', () => {
    const held = last(run(times(31, {})));
    const back = run([{gapMs: -3_600_000}, {}], held);
    expect(back.map(({heldMs}) => heldMs)).toEqual([30_000, 31_000]);
  });

  test('a guard that slept for half a minute has not looked meanwhile; one that slept longer begins anew', () => {
    const held = last(run(times(31, {})));
    expect(last(run([{gapMs: 30_000}, {}], held)).heldMs).toBe(31_000);
    expect(last(run([{gapMs: BLIND_BREAK_MS + 1}, {}], held)).heldMs).toBe(1000);
  });
});

describe('laws', () => {
  const sighting = fc.constantFrom<Sighting>('holds', 'between', 'clear', 'blind');
  const step = fc.record({
    gapMs: fc.oneof(fc.integer({min: 0, max: 6000}), fc.integer({min: -1e6, max: 1e7})),
    sighting,
    behindMs: fc.integer({min: -5000, max: 90_000}),
    isOver: fc.boolean(),
  });
  const steps = fc.array(step, {maxLength: 200});

  test('it never counts more than it looked, and never less than nothing', () => {
    fc.assert(
      fc.property(steps, all => {
        let looked = 0;
        run(all).forEach(({heldMs, owedMs}, index) => {
          const {gapMs, sighting: seen} = all[index]!;
          if (index > 0 && gapMs > 0 && gapMs <= 5000 && seen === 'holds') looked += gapMs;
          expect(heldMs ?? 0).toBeLessThanOrEqual(looked);
          expect(heldMs ?? 0).toBeGreaterThanOrEqual(0);
          expect(owedMs).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  test('it becomes on only at a look at which it holds, has been held long enough and is not over', () => {
    fc.assert(
      fc.property(steps, all => {
        const tracks = run(all, null, 3000);
        tracks.forEach(({isOn, heldMs}, index) => {
          if (!isOn || tracks[index - 1]?.isOn === true) return;
          expect(all[index]).toMatchObject({sighting: 'holds', isOver: false});
          expect(heldMs).toBeGreaterThanOrEqual(3000);
        });
      }),
    );
  });

  test('a break leaves nothing behind', () => {
    fc.assert(
      fc.property(steps, all => {
        const tracks = run([...all, {sighting: 'clear'}]);
        expect(last(tracks)).toMatchObject({heldMs: null, owedMs: 0, isOn: false, isOverruled: false});
      }),
    );
  });

  test('a checkpoint as JSON goes on like the track itself', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        fc.pre(before.length > 0);
        const track = last(run(before));
        const copy = JSON.parse(JSON.stringify(track)) as HoldTimer;
        expect(run(after, copy)).toEqual(run(after, track));
      }),
    );
  });
});
