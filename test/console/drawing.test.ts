import headless from '@xterm/headless';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {drawing, type Picture} from '../../source/console/output/drawing.ts';
import {pictureOf, rowsOf} from '../terminal/screen.ts';

const ESC = '\u001B';

async function shownBy(...texts: readonly string[]): Promise<headless.Terminal> {
  const terminal = new headless.Terminal({cols: 12, rows: 3, scrollback: 10, allowProposedApi: true});
  for (const text of texts) await new Promise<void>(resolve => terminal.write(text, resolve));
  return terminal;
}

const picture = (...rows: string[]): Picture => ({columns: 12, rows: [...rows, '', '', ''].slice(0, 3)});

describe('a drawing', () => {
  const letter = fc.constantFrom('a', 'b', ' ', '─', '灰', '度', '⣿', '✖', '🇩🇪', '👩‍💻', '👍🏽', 'e\u0301', '⚠️');
  const styled = fc
    .tuple(
      fc.constantFrom('', `${ESC}[1m`, `${ESC}[31m`, `${ESC}[7m`, `${ESC}[2m`, `${ESC}[38;5;99m`),
      fc.string({unit: letter, maxLength: 9}),
    )
    .map(([look, text]) => `${look}${text}${ESC}[22;39;27m`);
  const row = fc.array(styled, {maxLength: 3}).map(parts => parts.join(''));
  const frames = fc.array(
    fc.array(row, {minLength: 3, maxLength: 3}).map(rows => picture(...rows)),
    {
      minLength: 1,
      maxLength: 4,
    },
  );

  it('after any others shows what one on an empty screen shows', async () => {
    await fc.assert(
      fc.asyncProperty(frames, async pictures => {
        const steps = pictures.map((after, index) => drawing(pictures[index - 1] ?? null, after));
        const [stepped, fresh] = [await shownBy(...steps), await shownBy(drawing(null, pictures.at(-1)!))];
        expect(rowsOf(stepped)).toEqual(rowsOf(fresh));
        // The cursor is hidden: it may stand anywhere.
        const seen = (terminal: headless.Terminal): string => pictureOf(terminal).replace(/ \d+ \d+$/u, '');
        expect(seen(stepped)).toBe(seen(fresh));
        expect(stepped.buffer.active.baseY).toBe(0);
      }),
      {seed: 20_261_130, numRuns: 500},
    );
  });

  it('writes only the cells that differ', () => {
    expect(drawing(picture('p95  182 ms'), picture('p95  183 ms'))).toBe(
      `${ESC}[?2026h${ESC}[?7l${ESC}[1;8H3${ESC}[?7h${ESC}[?2026l`,
    );
    expect(drawing(picture('a'), picture('a'))).toBe('');
    expect(drawing(picture('abc'), picture('a'))).toContain(`${ESC}[1;2H${ESC}[K`);
  });

  it('keeps every column in its place, however wide the terminal draws what is joined', async () => {
    // This emulator counts an emoji as one column, and each part of a joined one for itself.
    const terminal = await shownBy(drawing(null, picture('│👍🏽 👩‍💻 🇩🇪 │')));
    const line = terminal.buffer.active.getLine(0)!;
    expect(line.getCell(0)!.getChars()).toBe('│');
    expect(line.getCell(10)!.getChars()).toBe('│');
  });

  it('cuts a row that is too long, and wraps none', async () => {
    const terminal = await shownBy(drawing(null, picture('灰'.repeat(20), 'x'.repeat(40), 'end')));
    expect(rowsOf(terminal)).toEqual(['灰'.repeat(6), 'x'.repeat(12), 'end']);
    const odd = await shownBy(drawing(null, picture(`x${'灰'.repeat(20)}`)));
    expect(rowsOf(odd)[0]).toBe(`x${'灰'.repeat(5)}`);
  });
});
