import {describe, expect, test} from 'vitest';
import {median, quantile} from './quantile.ts';
import {readUsage} from './usage.ts';
import {watch} from './watch.ts';
import {eventually} from '../patience.ts';

/** Waits for a key before each of its steps, so that each is a piece of output of its own. */
const steps = (...outputs: readonly string[]): [string, ...string[]] => [
  process.execPath,
  '-e',
  `const outputs = ${JSON.stringify(outputs)};
   process.stdin.setRawMode(true);
   process.stdin.on('data', () => outputs.length ? process.stdout.write(outputs.shift()) : process.exit());
   process.stdout.write('ready');`,
];

const picture = `\u001B[H${'full row of text here\r\n'.repeat(10)}`;
const watchSteps = (...outputs: readonly string[]) =>
  watch(steps(...outputs), {columns: 60, rows: 20}, /row \d/);

describe('what a program draws', () => {
  test('counts as a flicker when it leaves the screen emptier by a third', async () => {
    const {terminal, totals, press} = watchSteps(picture, '\u001B[5H\u001B[J', picture, '\u001B[2J');
    await terminal.until('ready');
    await press('x', 5000);
    expect(totals).toMatchObject({flickers: 0, fullClears: 0});
    await press('x', 5000);
    expect(totals).toMatchObject({flickers: 1, fullClears: 0});
    await press('x', 5000);
    await press('x', 5000);
    expect(totals).toMatchObject({flickers: 2, fullClears: 1});
    await terminal.close();
  });

  test('counts as a full clear also from the upper left corner downwards', async () => {
    const {terminal, totals, press} = watchSteps(picture, `\u001B[H\u001B[J${picture}!`);
    await terminal.until('ready');
    await press('x', 5000);
    await press('x', 5000);
    expect(totals).toMatchObject({flickers: 0, fullClears: 1});
    await terminal.close();
  });

  test('is no flicker where the alternate screen is entered', async () => {
    const {terminal, totals, press} = watchSteps(picture, '\u001B[?1049h\u001B[Hhi');
    await terminal.until('ready');
    await press('x', 5000);
    await press('x', 5000);
    expect(totals.flickers).toBe(0);
    await terminal.close();
  });

  test('is timed from the start: first anything, then first numbers', async () => {
    const watched = watchSteps('row 7');
    await watched.terminal.until('ready');
    expect(watched.firstScreenMs()).toBeGreaterThan(0);
    expect(watched.firstNumbersMs()).toBeUndefined();
    await watched.press('x', 5000);
    expect(watched.firstNumbersMs()).toBeGreaterThan(watched.firstScreenMs()!);
    await watched.terminal.close();
  });

  test('answers a key only when the picture differs', async () => {
    const {terminal, press} = watchSteps('\u0007', 'more');
    await terminal.until('ready');
    expect(await press('x', 150)).toBeUndefined();
    expect(await press('x', 5000)).toBeLessThan(1000);
    await terminal.close();
  });
});

describe('what a program uses', () => {
  test('counts its children, and is no memory once it has ended', async () => {
    const child = `while (process.cpuUsage().user < 300_000); console.log('burnt')`;
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}],
      {stdio: 'inherit'}); setInterval(() => {}, 1000)`;
    const {terminal} = watch([process.execPath, '-e', parent], {}, /never/);
    await terminal.until('burnt');
    const {cpuSeconds, rssMiB} = readUsage(terminal.pid);
    expect(cpuSeconds).toBeGreaterThan(0.25);
    expect(rssMiB).toBeGreaterThan(30);
    await terminal.close();
    // The child ends by the hang-up of its terminal, a moment later; who must collect it may take its time.
    await eventually(() => expect(readUsage(terminal.pid).rssMiB).toBe(0));
  });
});

test('a quantile is the value at the nearest rank', () => {
  const values = [5, 1, 4, 2, 3];
  expect(median(values)).toBe(3);
  expect(quantile(values, 0.95)).toBe(5);
  expect(quantile(values, 0)).toBe(1);
  expect(quantile([], 0.5)).toBeNaN();
});
