import {expect, test} from 'vitest';
import {embeddedPlace, openConsole, startRelease} from '../acceptance/place.ts';

const WORDS = `👍🏽 👩‍💻 🇩🇪 ⚠️ 1️⃣ ok ${'y'.repeat(300)}`;

/** Rows of panels have their frame in the last column, whatever stands in them. */
function edges(console: Awaited<ReturnType<typeof openConsole>>): string[] {
  const {active} = console.emulator.buffer;
  return Array.from({length: console.emulator.rows}, (_, row) => {
    const line = active.getLine(row);
    const first = line?.getCell(0)?.getChars() ?? '';
    return first === '│' ? (line?.getCell(console.emulator.cols - 1)?.getChars() ?? '') : '│';
  });
}

// K5. The emulator counts emoji as one column, as older terminals do, and joined ones as several.
test.for([
  [100, 34],
  [80, 24],
] as const)(
  'joined emoji in an alert move no column at %dx%d, and the header stays',
  async ([columns, rows]) => {
    await using place = await embeddedPlace();
    await startRelease(place);
    for (const level of ['info', 'warning', 'critical']) await place.cli.run('alert', level, WORDS);
    await using console = await openConsole(place, [], {columns, rows});
    await console.until('ok yyy');
    console.press('Tab', 'Down', 'Down', 'Up');
    await console.until(screen => screen.join().includes('▸') && screen.at(-1)!.includes('quit'));
    expect(console.screen()[0]).toContain('new_payment');
    expect(console.emulator.buffer.active.baseY).toBe(0);
    expect(new Set(edges(console))).toEqual(new Set(['│']));
    console.press('q');
    await console.exit();
    expect(console.modesLeftOn()).toEqual([]);
  },
);
