import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import {SCENES} from './programs/scenes.ts';
import {stage} from './stage.tsx';

const SIZES = ['120x40', '200x50', '100x28', '80x24', '60x16'];
const SOON = {interval: 10};

describe.each(['en', 'zh'] as const)('in %s', lang => {
  it.each(Object.keys(SCENES))('%s fits every size to the last cell', async name => {
    using deck = await stage(name, {lang});
    for (const size of SIZES) {
      const [columns = 0, rows = 0] = size.split('x').map(Number);
      deck.resize(columns, rows);
      await expect.poll(() => deck.rows().length, SOON).toBe(rows);
      await expect.poll(() => deck.widest(), SOON).toBeLessThanOrEqual(columns);
      const screen = deck.screen();
      expect(screen).not.toMatch(/undefined|NaN|Infinity|\[object|cannot be shown|无法显示/);
      // The clock is at the right edge, so nothing before it was cut.
      expect(deck.rows()[0]).toMatch(/\d\d:\d\d:\d\d$/);
      expect(deck.rows().at(-1)).toMatch(/quit|退出/);
      const framed = deck.rows().filter(row => row.startsWith('│'));
      expect(framed.map(row => stringWidth(row))).toEqual(framed.map(() => columns));
    }
  });

  it.each(['r', '+', 'g', 'n', 'C', 'a', 'f', '?', ':', '/', 'Enter'])(
    'the dialog of %s fits 80x24 and 60x16',
    async key => {
      using deck = await stage('failing', {lang});
      await expect.poll(deck.screen, SOON).toContain('▲');
      deck.press(key);
      for (const [columns, rows] of [
        [80, 24],
        [60, 16],
      ] as const) {
        deck.resize(columns, rows);
        await expect.poll(() => deck.rows().length, SOON).toBe(rows);
        await expect.poll(() => deck.widest(), SOON).toBeLessThanOrEqual(columns);
        expect(deck.rows().at(-1)).toMatch(/Esc|Enter|q/);
      }
    },
  );
});
