import {EventEmitter} from 'node:events';
import {expect, test} from 'vitest';
import type {Sink} from '../../source/console/output/sink.ts';
import {TerminalScreen} from '../../source/console/output/terminal-screen.ts';
import {eventually} from '../patience.ts';

/** A terminal that takes `room` bytes, and more once it is read. */
class Full implements Sink {
  room = Infinity;
  text = '';

  write(bytes: Uint8Array): number {
    const taken = Math.min(this.room, bytes.length);
    this.room -= taken;
    this.text += Buffer.from(bytes.subarray(0, taken)).toString();
    return taken;
  }

  close(): void {}
}

const size = Object.assign(new EventEmitter(), {columns: 20, rows: 2}) as unknown as NodeJS.WriteStream;

function opened(): {sink: Full; screen: TerminalScreen} {
  const sink = new Full();
  const screen = new TerminalScreen(size, sink);
  screen.open();
  return {sink, screen};
}

test('a full terminal is sent the newest frame once there is room, and none of those between', async () => {
  const {sink, screen} = opened();
  screen.write('first\nrow');
  await eventually(() => expect(sink.text).toContain('row'), 5);
  sink.room = 3;
  for (let number = 0; number < 1000; number++) {
    screen.write(`number ${number}\nrow`);
    await new Promise(resolve => setImmediate(resolve));
  }
  sink.text = '';
  sink.room = Infinity;
  await eventually(() => expect(sink.text).toContain('999'), 5);
  // The rest of what was begun, and one drawing more.
  expect(sink.text.length).toBeLessThan(120);
  screen.close();
});

test('the bell rings once and the window has its newest name after a full terminal is read', async () => {
  const {sink, screen} = opened();
  screen.write('frame');
  await eventually(() => expect(sink.text).toContain('frame'), 5);
  sink.room = 0;
  sink.text = '';
  screen.write('other');
  await new Promise(resolve => setImmediate(resolve));
  for (let number = 0; number < 100; number++) {
    screen.ring();
    screen.nameWindow(`name ${number}`);
    screen.nameWindow(null);
  }
  screen.nameWindow('last');
  sink.room = Infinity;
  await eventually(() => expect(sink.text).toContain('last'), 5);
  await eventually(() => expect(sink.text.split('\u0007')).toHaveLength(3), 5);
  expect(sink.text).not.toContain('name 9');
  screen.close();
  expect(sink.text).toContain('\u001B[23;2t');
});

test('the end does not wait for a terminal that takes nothing', async () => {
  const {sink, screen} = opened();
  await eventually(() => expect(sink.text).not.toBe(''), 5);
  sink.room = 0;
  screen.close();
  await screen.say('good bye');
  expect(sink.text).not.toContain('good bye');
});

test('what Ink would erase before a frame is no part of it', async () => {
  const {sink, screen} = opened();
  screen.write('\u001B[2K\u001B[1A\u001B[2K\u001B[Gframe\n');
  await eventually(() => expect(sink.text).toContain('frame'), 5);
  expect(sink.text).not.toContain('[1A');
  sink.text = '';
  screen.write('\u001B[2K\u001B[G');
  await new Promise(resolve => setImmediate(resolve));
  expect(sink.text).toBe('');
  screen.close();
});

test('modes that Ink sets are the screen’s own', async () => {
  const {sink, screen} = opened();
  screen.write('\u001B[?2004l');
  screen.write('\u001B[31mframe');
  await eventually(() => expect(sink.text).toContain('frame'), 5);
  expect(sink.text).not.toContain('?2004l');
  screen.close();
  expect(sink.text).toContain('\u001B[?2004l');
});
