import {describe, expect, test} from 'vitest';
import {playedMoment, play, type Playing} from '../../source/replay/past-monitor.ts';

const bounds = {from: 1000, to: 100_000};
const begun: Playing = {at: 1000, since: 0, speed: 1, isRunning: true};

describe('the clock of a recording', () => {
  test('runs with the real clock, times its speed, and stops at the end', () => {
    expect(playedMoment(begun, 5000, bounds)).toBe(6000);
    const fast = play(begun, {type: 'faster'}, 5000, bounds);
    expect(playedMoment(fast, 6000, bounds)).toBe(8000);
    expect(playedMoment(fast, 600_000, bounds)).toBe(100_000);
  });

  test('steps from the current moment, stops there, and stays within the recording', () => {
    const on = play(begun, {type: 'step', by: 10_000}, 5000, bounds);
    expect(on).toMatchObject({at: 16_000, isRunning: false});
    expect(playedMoment(on, 50_000, bounds)).toBe(16_000);
    expect(play(on, {type: 'step', by: -60_000}, 0, bounds).at).toBe(1000);
    expect(play(on, {type: 'to', at: 1e9}, 0, bounds).at).toBe(100_000);
  });

  test('has a slowest and a fastest speed', () => {
    let playing = begun;
    for (let index = 0; index < 20; index++) playing = play(playing, {type: 'faster'}, 0, bounds);
    expect(playing.speed).toBe(60);
    for (let index = 0; index < 20; index++) playing = play(playing, {type: 'slower'}, 0, bounds);
    expect(playing.speed).toBe(1);
  });
});
