import {readFile} from 'node:fs/promises';
import {describe, expect, inject, test} from 'vitest';
import {embeddedPlace, openConsole, startRelease, type Place} from '../acceptance/place.ts';
import {eventually, PATIENCE_MS} from '../patience.ts';
import {openTerminal, type TestTerminal} from './open.ts';

/** A console that a person has started in an interactive shell. */
async function inShell(place: Place): Promise<TestTerminal & {job(): Promise<number>}> {
  const shell = openTerminal(['bash', '--norc', '--noprofile', '-i'], {
    env: {...place.cli.environment(), PS1: 'shell> '},
    cwd: place.cli.folder,
    timeout: PATIENCE_MS,
  });
  await shell.until('shell>');
  shell.type(`${process.execPath} ${inject('program')}\r`);
  await shell.until('ROLLING');
  const job = async (): Promise<number> =>
    Number((await readFile(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8')).trim().split(' ')[0]);
  return Object.assign(shell, {job});
}

async function expectListens(console: TestTerminal): Promise<void> {
  console.press('?');
  await console.until('KEYS ─');
  console.press('q');
  await console.gone('KEYS ─');
}

/** The shell has the terminal as it was: the normal screen, a cursor, lines that are edited and wrap. */
async function expectShell(shell: TestTerminal): Promise<void> {
  await shell.until(/Stopped/u);
  expect(shell.emulator.buffer.active.type).toBe('normal');
  // The shell's own: it reads pastes in brackets at its prompt.
  expect(shell.modesLeftOn().filter(mode => mode !== 'bracketed paste')).toEqual([]);
  shell.type('stty -a | tr " ;" "\\n\\n" | grep -x icanon && echo "lines ok"\r');
  await shell.until('lines ok\n');
}

async function bringBack(shell: TestTerminal): Promise<void> {
  shell.type('fg\r');
  await shell.until(rows => rows.join().includes('ROLLING') && !rows.join().includes('shell>'));
  expect(shell.emulator.buffer.active.type).toBe('alternate');
  await expectListens(shell);
}

async function quit(shell: TestTerminal): Promise<void> {
  shell.press('q');
  await shell.until('goes on without this console');
  shell.type('exit\r');
  await shell.exit();
  expect(shell.modesLeftOn()).toEqual([]);
}

describe('in an interactive shell', () => {
  test('Ctrl+Z stops the console, in a dialog too, and fg brings it back', async () => {
    await using place = await embeddedPlace();
    await startRelease(place);
    await using shell = await inShell(place);
    shell.press('Ctrl+Z');
    await expectShell(shell);
    await bringBack(shell);
    shell.press('a');
    await shell.until('ALERT ─');
    shell.press('Ctrl+Z');
    await shell.until(/Stopped/u);
    shell.type('fg\r');
    await shell.until('ALERT ─');
    shell.press('Escape');
    await shell.gone('ALERT ─');
    await quit(shell);
  });

  test('kill -TSTP does the same, and a window that was resized meanwhile is filled', async () => {
    await using place = await embeddedPlace();
    await startRelease(place);
    await using shell = await inShell(place);
    process.kill(await shell.job(), 'SIGTSTP');
    await expectShell(shell);
    shell.resize(90, 30);
    await bringBack(shell);
    await shell.until(rows => rows.length === 30 && rows.at(-1)!.includes('q quit'));
    await quit(shell);
  });

  test('after kill -STOP fg draws everything anew, and keys are read again', async () => {
    await using place = await embeddedPlace();
    await startRelease(place);
    await using shell = await inShell(place);
    process.kill(await shell.job(), 'SIGSTOP');
    // Nothing could be put in order: the shell's prompt is somewhere on the console's screen.
    await shell.until('shell>');
    await bringBack(shell);
    await quit(shell);
  });
});

test('where no shell waits Ctrl+Z goes on at once', async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await using console = await openConsole(place);
  console.press('Ctrl+Z');
  await expectListens(console);
  console.press('q');
  expect(await console.exit()).toBe(0);
  expect(console.modesLeftOn()).toEqual([]);
});

test('Ctrl+L draws anew what something else has written over, in a dialog too', async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await using console = await openConsole(place);
  for (const dialog of [null, 'a']) {
    if (dialog !== null) console.press(dialog);
    await new Promise<void>(resolve =>
      console.emulator.write('\u001B[5;5Hnoise of another program', resolve),
    );
    expect(console.text()).toContain('noise');
    console.press('Ctrl+L');
    await console.gone('noise');
  }
  await eventually(() => expect(console.text()).toContain('ALERT ─'));
});
