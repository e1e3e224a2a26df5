import {describe, expect, test} from 'vitest';
import {isClear, isOver} from '../../../source/analysis/judge/clear.ts';
import type {ExternalNumbers} from '../../../source/analysis/judge/read-metric.ts';
import type {JudgedCondition} from '../../../source/analysis/judge/outcome.ts';
import {condition, Scene, traffic} from './scene.ts';

describe('clear of a limit', () => {
  test.each<[string, number, number, boolean]>([
    ['error_rate > 10 %', 10, 9.1, false],
    ['error_rate > 10 %', 10, 9, true],
    ['response_time_p95 > 5000 ms', 5000, 4501, false],
    ['response_time_p95 > 5000 ms', 5000, 4500, true],
    ['availability < 99 %', 99, 99.09, false],
    ['availability < 99 %', 99, 99.1, true],
    ['conversion_rate < 4 %', 4, 4.39, false],
    ['conversion_rate < 4 %', 4, 4.4, true],
    ['error_rate > 0 %', 0, 0, true],
    ['error_rate improvement < -2 points', -2, -1.81, false],
    ['error_rate improvement < -2 points', -2, -1.8, true],
  ])('%s: at %d, %d is so: %s', (text, threshold, value, clear) => {
    const {op, improvement, threshold: limit} = condition(text);
    const unit = 'unit' in limit ? limit.unit : 'percent';
    expect(isClear({op, improvement, unit, value, threshold} as JudgedCondition)).toBe(clear);
  });

  test('nothing is clear of what is not known', () => {
    expect(isClear({op: '>', value: null, threshold: 1} as JudgedCondition)).toBe(false);
    expect(isClear({op: '>', value: 1, threshold: null} as JudgedCondition)).toBe(false);
  });
});

describe('over by now', () => {
  const over = (scene: Scene, text: string) => isOver(condition(text), scene.look());
  const sick = (perSecond: number) => {
    const scene = new Scene();
    scene.seconds(60, traffic(perSecond, perSecond / 2), traffic(10));
    return scene;
  };

  test('is what the last seconds show beyond doubt', () => {
    const scene = sick(50);
    expect(over(scene, 'error_rate > 10 %')).toBe(false);
    scene.seconds(2, traffic(50), traffic(10));
    expect(over(scene, 'error_rate > 10 %')).toBe(true);
  });

  test('is not what a few lucky requests show', () => {
    const scene = sick(10);
    scene.seconds(2, traffic(10), traffic(10));
    expect(over(scene, 'error_rate > 10 %')).toBe(false);
    scene.seconds(3, traffic(10), traffic(10));
    expect(over(scene, 'error_rate > 10 %')).toBe(true);
  });

  test('is not what is almost as bad as before', () => {
    const scene = sick(50);
    scene.seconds(30, traffic(50, 5), traffic(10));
    expect(over(scene, 'error_rate > 10 %')).toBe(false);
  });

  test('is never said by a stretch longer than the window that is bad', () => {
    const scene = new Scene();
    scene.seconds(60, traffic(50), traffic(10));
    scene.seconds(1, traffic(50, 50), traffic(10));
    expect(over(scene, 'error_rate > 10 % over 1s')).toBe(false);
    expect(over(scene, 'error_rate > 10 % over 60s')).toBe(true);
  });

  test('is what two answers in a row of another source show, and not one', () => {
    /** Availability by Prometheus: bad for a while, then well again at the last so many answers, two seconds apart. */
    const answers = (well: number): ExternalNumbers => ({
      read(_, overMs) {
        const values = Math.floor(overMs / 2000);
        const bad = Math.max(0, values - well);
        const gray = values === 0 ? 100 : (100 * (values - bad)) / values;
        return {prod: 100, gray, ageMs: 500, state: 'ok', source: 'prometheus', values};
      },
    });
    const scene = new Scene();
    scene.seconds(60, traffic(50), traffic(10));
    for (const [well, isSo] of [
      [0, false],
      [1, false],
      [2, true],
    ] as const) {
      scene.external = answers(well);
      expect(over(scene, 'availability < 99 % over 5m')).toBe(isSo);
    }
  });
});
