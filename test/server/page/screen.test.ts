import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import {anyPageShape} from '../../../source/server/page/model.ts';
import {screenBytes, screenLines, sizeOf} from '../../../source/server/page/screen.ts';
import {samplePage} from './sample-page.ts';

const HOSTILE = '\u001B]2;owned\u0007\u001B[2J<script>\u202Eevil 中文\u009B31m';

describe('a page in a terminal', () => {
  it.each([
    [40, 12],
    [80, 24],
    [120, 40],
    [300, 120],
  ])('fits %ix%i, whatever it says', (columns, rows) => {
    for (const text of ['v1.1.0', HOSTILE, 'x'.repeat(900), '中'.repeat(300)]) {
      const lines = screenLines(samplePage(text), sizeOf(columns, rows, false));
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(lines.join('\n')).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/u);
    }
  });

  it('sends no escape sequence of its own text, and only colours and moves of ours', () => {
    const bytes = screenBytes(samplePage(HOSTILE), sizeOf(80, 24, true));
    const known = /\u001B\[(?:[\d;]*m|H|K|J)|^\u001B\]2;[^\u0007\u001B]*\u0007/gu;
    expect(bytes.replaceAll(known, '')).not.toMatch(/[\u001B\u0007\u009B]/u);
  });

  it('takes any size that is asked for', () => {
    expect(sizeOf(Number.NaN, -1, true)).toEqual({columns: 80, rows: 12, color: true});
    expect(sizeOf(1e9, 1e9, false)).toEqual({columns: 300, rows: 120, color: false});
  });

  it('is drawn from a model that was checked', () => {
    expect(anyPageShape.safeParse(samplePage()).success).toBe(true);
    for (const bad of [{}, null, {...samplePage(), log: 'x'}, {...samplePage(), rows: [{}]}])
      expect(anyPageShape.safeParse(bad).success).toBe(false);
  });
});
