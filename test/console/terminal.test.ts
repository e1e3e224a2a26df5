import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {bundleScenes} from './bundle-scenes.ts';
import {openTerminal, type TerminalOptions, type TestTerminal} from '../terminal/open.ts';

let folder = '';
let program = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-scenes-'));
  program = await bundleScenes(folder);
});

afterAll(async () => {
  await rm(folder, {recursive: true, force: true});
});

function show(scene: string, options: TerminalOptions = {}, ...flags: string[]): TestTerminal {
  return openTerminal([process.execPath, program, scene, ...flags], options);
}

/** Where things stand, without what is measured: frames and titles, header, footer; of inner rows only the edges. */
function skeleton(rows: readonly string[]): string {
  return rows
    .map(row => (row.startsWith('│') ? `│${row.length}${row.at(-1)}` : row.replaceAll(/[\d.]+|[ ─]+/gu, ' ')))
    .join('\n');
}

describe('in a real terminal', () => {
  it('q leaves the terminal as it was, with a farewell that says who watches now', async () => {
    await using terminal = show('failing');
    await terminal.until('r then y takes it back');
    terminal.press('-');
    await terminal.until('set: 20 % → 10 %');
    terminal.press('q');
    expect(await terminal.exit()).toBe(0);
    expect(terminal.modesLeftOn()).toEqual([]);
    const text = terminal.text();
    expect(text).toContain(
      'new_payment v1.1.0 is rolling and goes on without this console. Set to 10 %, phase beta.',
    );
    expect(text).toContain('No guard is running: the release is not judged now.');
    expect(text).toMatch(
      /Open alerts\n\s+\d\d:\d\d:\d\d {2}✖ gray error rate 7\.5 % above 5 % {2}\(not acknowledged\)/,
    );
    expect(text).toMatch(/From this console:\n\s+\d\d:\d\d:\d\d {2}set: 20 % → 10 %/);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends it with %d and leaves nothing behind', async (name, code) => {
    await using terminal = show('quiet');
    await terminal.until('ROLLING');
    terminal.signal(name);
    expect(await terminal.exit()).toBe(code);
    expect(terminal.modesLeftOn()).toEqual([]);
  });

  it('Ctrl+C ends it with 130', async () => {
    await using terminal = show('quiet');
    await terminal.until('ROLLING');
    terminal.press('Ctrl+C');
    expect(await terminal.exit()).toBe(130);
    expect(terminal.modesLeftOn()).toEqual([]);
  });

  it('without colours there is no colour code, and states are still told by mark and word', async () => {
    await using terminal = show('failing', {}, '--mono');
    await terminal.until('✖ GRAY error rate');
    terminal.press('a');
    await terminal.until('FIRE AN ALERT');
    terminal.press('Ctrl+C');
    await terminal.exit();
    // oxlint-disable-next-line no-control-regex -- looks for control sequences
    expect(terminal.output()).not.toMatch(/\u001B\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m/u);
  });

  it('while it runs it never clears the screen, and a second of numbers costs little', async () => {
    await using terminal = show('metrics');
    await terminal.until('use of export');
    const clock = (): string => /\d\d:\d\d:\d\d(?=\s*$)/mu.exec(terminal.screen()[0] ?? '')?.[0] ?? '';
    const begin = clock();
    await terminal.until(rows => !(rows[0] ?? '').includes(begin));
    const before = terminal.output().length;
    const next = clock();
    await terminal.until(rows => !(rows[0] ?? '').includes(next));
    const frame = terminal.output().slice(before);
    // oxlint-disable-next-line no-control-regex -- looks for control sequences
    expect(terminal.output()).not.toMatch(/\u001B\[[123]?J/u);
    expect(Buffer.byteLength(frame)).toBeLessThan(10_000);
  });

  it('a window that shrinks and grows shows what a fresh one shows', async () => {
    await using resized = show('paused', {columns: 120, rows: 40});
    await resized.until('PAUSED');
    for (const [columns, rows] of [
      [100, 30],
      [70, 20],
      [60, 10],
      [140, 45],
      [80, 24],
    ] as const) {
      resized.resize(columns, rows);
      await using fresh = show('paused', {columns, rows});
      const sight = rows < 16 ? 'This window is' : 'roll back';
      await fresh.until(sight);
      await resized.until(shown => skeleton(shown) === skeleton(fresh.screen()));
      expect(resized.screen()).toHaveLength(rows);
    }
  });

  it('keys typed before the first screen are not lost', async () => {
    await using terminal = show('failing');
    terminal.type('ry');
    await terminal.until('ROLLING BACK');
    expect(terminal.text()).toContain('from 20 %');
  });
});
