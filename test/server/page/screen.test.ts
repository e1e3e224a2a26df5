import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import {plainText} from '../../../source/text/plain-text.ts';
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
      expect(plainText(lines.join(' '))).toBe(lines.join(' '));
    }
  });

  it('sends no escape sequence of its own text, and only colours and moves of ours', () => {
    const bytes = screenBytes(samplePage(HOSTILE), sizeOf(80, 24, true));
    const known = [/\\e\[(?:[\d;]*m|H|K|J)/gu, /^\\e\]2;[^\\]*\\a/gu, /\r\n/gu];
    // Written out, so that a mistake can be read.
    const shown = bytes.replaceAll('\u001B', '\\e').replaceAll('\u0007', '\\a');
    const rest = known.reduce((text, one) => text.replaceAll(one, ''), shown);
    expect(rest).not.toContain('\\');
    expect(plainText(rest)).toBe(rest);
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
