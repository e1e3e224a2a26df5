import {describe, expect, test} from 'vitest';
import {codeOfSignal, openTerminal, type TerminalOptions} from './open.ts';
import {filledCells, pictureOf} from './screen.ts';

const program = new URL('../../fixtures/terminal-program.js', import.meta.url).pathname;
const open = (options: TerminalOptions = {}, ...flags: string[]) =>
  openTerminal([process.execPath, program, ...flags], options);

describe('a program in a test terminal', () => {
  test('shows its screen row by row at the size it was given', async () => {
    await using terminal = open({columns: 60, rows: 10});
    await terminal.until('size 60x10');
    expect(terminal.screen()).toEqual([
      'size 60x10',
      'keys',
      '灰度 red',
      ...Array.from({length: 7}, () => ''),
    ]);
  });

  test('gets the bytes that a keyboard sends', async () => {
    await using terminal = open();
    await terminal.until('size');
    for (const [key, bytes] of [
      ['a', '61'],
      ['Up', '1b 5b 41'],
      ['Enter', 'd'],
      ['Ctrl+C', '3'],
    ] as const) {
      terminal.press(key);
      await terminal.until(`${bytes},`);
    }
    expect(terminal.screen()[1]).toBe('keys 61,1b 5b 41,d,3,');
  });

  test('is told of a key that does not exist', async () => {
    await using terminal = open();
    expect(() => terminal.press('Hyper')).toThrow('No key is called "Hyper"');
  });

  test('gets pasted text in brackets once it asked for them', async () => {
    await using terminal = open();
    await terminal.until('size');
    terminal.paste('hi');
    await terminal.until('1b 5b 32 30 30 7e 68 69 1b 5b 32 30 31 7e');
  });

  test('sees a new size at once', async () => {
    await using terminal = open({columns: 80, rows: 24});
    await terminal.until('size 80x24');
    terminal.resize(61, 12);
    await terminal.until('size 61x12');
    await terminal.gone('size 80x24');
    expect(terminal.screen()).toHaveLength(12);
  });

  test.for([
    ['dark', '31 30 31 30'],
    ['light', '66 61 66 61'],
  ] as const)('learns that the background is %s', async ([background, bytes]) => {
    await using terminal = open({background});
    await terminal.until('size');
    terminal.press('?');
    await terminal.until(`2f ${bytes} 1b 5c`);
  });

  test('runs without the colours and marks of the test run', async () => {
    process.env['NO_COLOR'] = '1';
    await using terminal = openTerminal([process.execPath, '-p', 'JSON.stringify(process.env)'], {
      columns: 4000,
    });
    await terminal.exit();
    delete process.env['NO_COLOR'];
    expect(terminal.text()).not.toMatch(/NO_COLOR|VITEST|"CI"/);
    expect(terminal.text()).toContain('"TERM":"xterm-256color"');
  });
});

describe('the end of a program', () => {
  test('is its exit code, with every mode switched off again', async () => {
    await using terminal = open();
    await terminal.until('size');
    expect(terminal.modesLeftOn()).toEqual(['alternate screen', 'bracketed paste', 'hidden cursor']);
    terminal.press('q');
    expect(await terminal.exit()).toBe(0);
    expect(terminal.modesLeftOn()).toEqual([]);
  });

  test('shows the modes that a careless program left on', async () => {
    await using terminal = open({}, '--careless');
    await terminal.until('size');
    terminal.press('q');
    await terminal.exit();
    expect(terminal.modesLeftOn()).toEqual(['alternate screen', 'bracketed paste', 'hidden cursor']);
  });

  test('by a signal it handles is the code it chose, by one it does not 128 + n', async () => {
    await using polite = open();
    await using killed = open();
    await Promise.all([polite.until('size'), killed.until('size')]);
    polite.signal('SIGTERM');
    killed.signal('SIGKILL');
    expect(await Promise.all([polite.exit(), killed.exit()])).toEqual([143, codeOfSignal('SIGKILL')]);
  });

  test('fails a wait at once, with the screen in the message', async () => {
    await using terminal = open();
    await terminal.until('size');
    const wait = terminal.until('never');
    terminal.signal('SIGKILL');
    await expect(wait).rejects.toThrow(
      /never did not appear before the program ended with 137.*│size 120x40/su,
    );
  });

  test('is brought about by close, whatever the program is doing', async () => {
    const terminal = open();
    await terminal.until('size');
    await terminal.close();
    expect(() => process.kill(terminal.pid, 0)).toThrow('ESRCH');
  });
});

describe('a wait', () => {
  test('that comes to nothing names what was awaited and shows the screen', async () => {
    await using terminal = open();
    await terminal.until('size');
    await expect(terminal.until(/no such thing/, 50)).rejects.toThrow(
      /no such thing.* within 50 ms.*│灰度 red/su,
    );
    await expect(terminal.gone('size', 50)).rejects.toThrow('size did not go away within 50 ms');
    await expect(terminal.exit(50)).rejects.toThrow('the program did not end within 50 ms');
  });

  test('takes any condition on the rows', async () => {
    await using terminal = open();
    await terminal.until(rows => rows[0] === 'size 120x40');
  });
});

describe('the picture of a screen', () => {
  test('differs by colour alone', async () => {
    const [plain, coloured] = ['red', '\u001B[31mred\u001B[0m'].map(text =>
      openTerminal([process.execPath, '-e', `process.stdout.write(${JSON.stringify(text)})`]),
    );
    await Promise.all([plain!.exit(), coloured!.exit()]);
    expect(plain!.screen()).toEqual(coloured!.screen());
    expect(pictureOf(plain!.emulator)).not.toBe(pictureOf(coloured!.emulator));
    expect(filledCells(plain!.emulator)).toBe(3);
    await Promise.all([plain!.close(), coloured!.close()]);
  });
});
