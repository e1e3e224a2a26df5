/**
 * A seeded walk over the real console: any keys, resizes, pastes and answers of the terminal, in any order.
 * `npm run walk:console` walks 10 000 steps, the suite a few hundred.
 */
import {setTimeout as pause} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {embeddedPlace, openConsole, openProgram, startRelease, statusOf} from '../acceptance/place.ts';
import {answer, Dice} from '../console/terminal-fuzz.ts';
import type {TestTerminal} from './open.ts';

const STEPS = Number(process.env['GRAYDECK_WALK'] ?? 600);
const SEED = Number(process.env['GRAYDECK_SEED'] ?? 20_261_130);
/** After so many steps it has to be possible to leave. */
const STEPS_IN_A_ROW = 100;

const NAMED =
  'Enter Escape Tab Shift+Tab Up Down Left Right Backspace Delete Home End PageUp PageDown Space Ctrl+L Ctrl+Z Ctrl+A Ctrl+U Ctrl+W F1 Insert';
const KEYS = [...Array.from('rynpPRCaAfm+-gt,.<>w/:?[]lhkjzSvo1230x灰ｒк'), ...NAMED.split(' ')];

async function walk(console: TestTerminal, dice: Dice): Promise<void> {
  for (let step = 0; step < STEPS_IN_A_ROW; step++) {
    const what = dice.below(100);
    if (what < 3) console.resize(10 + dice.below(200), 3 + dice.below(60));
    else if (what < 6)
      console.paste(dice.of(['ry', 'v1.1.0', 'C\rv1.1.0\r', '灰度 👩‍💻 '.repeat(50), '\u0000\u001B[31m']));
    else if (what < 14) console.type(answer(dice));
    else console.press(dice.of(KEYS));
    await pause(dice.of([0, 1, 2, 5, 60]));
    // What the person types is not shown as broken panels.
    expect(console.text()).not.toContain('cannot be shown');
    expect(console.hasEnded()).toBe(false);
  }
}

/** Escape closes whatever is open, one thing at a time; then q leaves. Ctrl-C leaves at once. */
async function leave(console: TestTerminal, key: 'q' | 'Ctrl+C'): Promise<void> {
  if (key === 'q') {
    console.resize(120, 40);
    // What an unfinished answer could still swallow is over.
    await pause(1200);
    for (let escape = 0; escape < 6; escape++) {
      console.press('Escape');
      await pause(120);
    }
    // The list of keys opens only where no dialog and no field has the keyboard.
    console.press('?');
    await console.until('KEYS ─');
    console.press('Escape');
    await console.gone('KEYS ─');
  }
  console.press(key);
  expect(await console.exit()).toBe(key === 'q' ? 0 : 130);
  expect(console.modesLeftOn()).toEqual([]);
}

const walks = Math.ceil(STEPS / STEPS_IN_A_ROW / 2);

test(
  'of a console that may act: nothing breaks it, and q and Ctrl-C always leave',
  {timeout: 600_000},
  async () => {
    for (let number = 0; number < walks; number++) {
      await using place = await embeddedPlace();
      await using console = openProgram(place, ['demo', '--guard']);
      await console.until('ROLLING');
      await walk(console, new Dice(SEED + number));
      await leave(console, number % 2 === 0 ? 'q' : 'Ctrl+C');
    }
  },
);

test('of a console that only reads: it writes nothing', {timeout: 600_000}, async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await place.cli.run('alert', 'critical', 'refunds look slow');
  const before = await statusOf(place);
  for (let number = 0; number < walks; number++) {
    await using console = await openConsole(place, [
      'watch',
      '--read-only',
      ...(number % 3 === 0 ? ['--share'] : []),
    ]);
    await walk(console, new Dice(SEED + 1000 + number));
    await leave(console, number % 2 === 0 ? 'Ctrl+C' : 'q');
  }
  const {head, alerts, percent, release} = await statusOf(place);
  expect({head, alerts, percent, release}).toEqual({
    head: before.head,
    alerts: before.alerts,
    percent: before.percent,
    release: before.release,
  });
});
