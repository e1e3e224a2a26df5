import {EventEmitter} from 'node:events';
import {expect, test} from 'vitest';
import {InkStdin} from '../../source/console/input/ink-stdin.ts';
import type {InputEvent} from '../../source/console/input/read-items.ts';
import {ESCAPE_MS} from '../../source/console/input/terminal-input.ts';
import {TerminalReader} from '../../source/console/input/terminal-reader.ts';
import {eventually} from '../patience.ts';

/** A terminal whose keys a test presses. */
class FakeTerminal extends EventEmitter {
  isRaw = false;
  isPaused = true;
  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
  resume(): this {
    this.isPaused = false;
    return this;
  }
  pause(): this {
    this.isPaused = true;
    return this;
  }
  sends(text: string): void {
    this.emit('data', Buffer.from(text));
  }
  get stream(): NodeJS.ReadStream {
    return this as unknown as NodeJS.ReadStream;
  }
}

/** Nothing else runs meanwhile: no timer, no read. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

function reading(): {terminal: FakeTerminal; keys: string[]} {
  const terminal = new FakeTerminal();
  const keys: string[] = [];
  const note = (events: readonly InputEvent[]): void => {
    keys.push(...events.flatMap(event => (event.type === 'key' ? [event.name] : [])));
  };
  new TerminalReader(terminal.stream, note).start();
  return {terminal, keys};
}

test('a sequence whose end waited while the program was busy is the key it is', () => {
  const {terminal, keys} = reading();
  terminal.sends('\u001B');
  standStill(2 * ESCAPE_MS);
  terminal.sends('[A');
  expect(keys).toEqual(['Up']);
});

test('Escape alone is a key without another one', async () => {
  const {terminal, keys} = reading();
  terminal.sends('\u001B');
  expect(keys).toEqual([]);
  await eventually(() => expect(keys).toEqual(['Escape']), 5);
  terminal.sends('[A');
  terminal.sends('r');
  expect(keys).toEqual(['Escape', 'r']);
});

test('Ink reads one key at a time, and the terminal is given back when it wants no more', () => {
  const terminal = new FakeTerminal();
  const stdin = new InkStdin(terminal.stream);
  stdin.setRawMode(true);
  expect(terminal).toMatchObject({isRaw: true, isPaused: false});
  terminal.sends('r\u001B]11;rgb:0/0/0\u0007y');
  expect([stdin.read(), stdin.read(), stdin.read()]).toEqual(['r', 'y', null]);
  terminal.sends('q');
  stdin.setRawMode(false);
  expect(stdin.read()).toBeNull();
  expect(terminal).toMatchObject({isRaw: false, isPaused: true});
  expect(terminal.listenerCount('data')).toBe(0);
});

test('keys that come faster than they are handled leave the process its turns, and Ctrl+C overtakes them', async () => {
  const terminal = new FakeTerminal();
  const stdin = new InkStdin(terminal.stream);
  const turns: string[] = [];
  stdin.on('readable', () => {
    let turn = '';
    for (let key = stdin.read(); key !== null; key = stdin.read()) turn += key;
    turns.push(turn);
  });
  stdin.setRawMode(true);
  for (let read = 0; read < 6; read++) terminal.sends('jkjkjkjk');
  await eventually(() => expect(turns.join('')).toHaveLength(48), 5);
  expect(Math.max(...turns.map(turn => turn.length))).toBe(8);
  for (let read = 0; read < 1000; read++) terminal.sends('jkjkjkjk');
  terminal.sends('\u0003');
  await eventually(() => expect(turns.at(-1)).toBe('\u0003'), 5);
  expect(turns.join('').length).toBeLessThan(100);
  stdin.setRawMode(false);
});
