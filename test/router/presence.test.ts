import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {Presence} from '../../source/router/presence.ts';

const STALE_AFTER_MS = 15_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A router whose store takes its reports until `isTaken` is false. */
function router() {
  const stop = new AbortController();
  const said: number[] = [];
  const state = {isTaken: true, isStale: true, staleAt: Number.NaN, freshAt: Number.NaN, reads: 0};
  const presence = new Presence({
    report: () => {
      if (!state.isTaken) return Promise.reject(new Error('no replica takes the report'));
      said.push(performance.now());
      return Promise.resolve();
    },
    refresh: () => {
      state.reads++;
      return Promise.resolve();
    },
    staleAfterMs: () => STALE_AFTER_MS,
    onStale: isStale => {
      state.isStale = isStale;
      state[isStale ? 'staleAt' : 'freshAt'] = performance.now();
    },
    onConfirmed: () => undefined,
    onAway: () => undefined,
    steady: () => performance.now(),
  });
  const running = presence.run(stop.signal);
  const end = async () => {
    stop.abort();
    await vi.advanceTimersByTimeAsync(1);
    await running;
  };
  return {presence, state, said, end};
}

test('a router reports at once, every 5 s, and soon after a change', async () => {
  const {presence, said, end} = router();
  await vi.advanceTimersByTimeAsync(0);
  expect(said).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(100);
  const before = said.length;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(said.length - before).toBe(4);
  const at = performance.now();
  presence.kick();
  presence.kick();
  await vi.advanceTimersByTimeAsync(60);
  expect(said.filter(time => time > at)).toHaveLength(1);
  await end();
});

test('100 routers that lose the store together go to prod in time, and not all at one moment', async () => {
  const routers = Array.from({length: 100}, router);
  await vi.advanceTimersByTimeAsync(100);
  expect(routers.every(({state}) => !state.isStale)).toBe(true);
  const last = Math.max(...routers.map(({said}) => said.at(-1) ?? 0));
  for (const {state} of routers) state.isTaken = false;
  await vi.advanceTimersByTimeAsync(20_000);
  const after = routers.map(({state}) => state.staleAt - last);
  expect(routers.every(({state}) => state.isStale)).toBe(true);
  expect(Math.max(...after)).toBeLessThanOrEqual(STALE_AFTER_MS + 1);
  expect(Math.min(...after)).toBeGreaterThan(STALE_AFTER_MS * 0.7);
  expect(Math.max(...after) - Math.min(...after)).toBeGreaterThan(1000);
  await Promise.all(routers.map(async ({end}) => await end()));
});

test('after an outage the router reads the newest commit before it serves gray again', async () => {
  const {state, end} = router();
  await vi.advanceTimersByTimeAsync(100);
  const {reads} = state;
  state.isTaken = false;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(state).toMatchObject({isStale: true, reads});
  state.isTaken = true;
  await vi.advanceTimersByTimeAsync(500);
  expect(state).toMatchObject({isStale: false, reads: reads + 1});
  await end();
});

test('a router that cannot read the log becomes stale, though the store takes every report', async () => {
  const {presence, state, end} = router();
  await vi.advanceTimersByTimeAsync(100);
  presence.setReadable(false);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(state.isStale).toBe(true);
  presence.setReadable(true);
  await vi.advanceTimersByTimeAsync(500);
  expect(state.isStale).toBe(false);
  await end();
});
