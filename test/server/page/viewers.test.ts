import {EventEmitter} from 'node:events';
import type {ServerResponse} from 'node:http';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import type {AnyPage} from '../../../source/server/page/model.ts';
import {Viewers, type Shown} from '../../../source/server/page/viewers.ts';
import {samplePage} from './sample-page.ts';

/** An answer that takes as much as the test lets it. */
class Line extends EventEmitter {
  readonly written: string[] = [];
  isFull = false;
  isDestroyed = false;
  isEnded = false;

  write(bytes: string | Buffer): boolean {
    this.written.push(bytes.toString());
    return !this.isFull;
  }
  end(last?: string): void {
    if (last !== undefined) this.written.push(last);
    this.isEnded = true;
    this.emit('close');
  }
  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }
  get response(): ServerResponse {
    return this as unknown as ServerResponse;
  }
}

describe('viewers', () => {
  let viewers: Viewers;
  let page: AnyPage;
  let composed = 0;
  let happen = () => {};
  const shown: Shown = {
    compose() {
      composed++;
      return page;
    },
    subscribe(listener) {
      happen = listener;
      return () => {};
    },
  };
  const add = (line: Line, mayWatch = () => true) => {
    viewers.add('pay', () => shown, {response: line.response, kind: {type: 'events'}, mayWatch});
    return line;
  };

  beforeEach(() => {
    vi.useFakeTimers({toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance']});
    viewers = new Viewers();
    page = samplePage();
    composed = 0;
  });
  afterEach(() => {
    viewers.close(false);
    vi.useRealTimers();
  });

  it('are sent everything at first, then only what changed, made once for all', () => {
    const [one, two] = [add(new Line()), add(new Line())];
    expect(one.written.at(-1)).toContain('"verdict"');
    vi.advanceTimersByTime(1000);
    const before = composed;
    page = samplePage('v1.1.0', {time: '14:02:32'});
    vi.advanceTimersByTime(1000);
    expect(composed).toBe(before + 1);
    for (const {written} of [one, two]) {
      expect(written.at(-1)).toContain('14:02:32');
      expect(written.at(-1)).not.toContain('"verdict"');
    }
  });

  it('hear of what happens before the next second', () => {
    const line = add(new Line());
    const before = line.written.length;
    happen();
    happen();
    vi.advanceTimersByTime(200);
    expect(line.written).toHaveLength(before + 1);
  });

  it('who take nothing are sent nothing, caught up when they read again, and dropped in the end', () => {
    const line = add(new Line());
    line.isFull = true;
    vi.advanceTimersByTime(1000);
    const written = line.written.length;
    vi.advanceTimersByTime(5000);
    expect(line.written).toHaveLength(written);
    line.isFull = false;
    line.emit('drain');
    vi.advanceTimersByTime(1000);
    expect(line.written.at(-1)).toContain('"verdict"');
    line.isFull = true;
    vi.advanceTimersByTime(20_000);
    expect(line.isDestroyed).toBe(true);
    expect(viewers.size).toBe(0);
  });

  it('who may watch no longer go dark with the next state', () => {
    let may = true;
    const line = add(new Line(), () => may);
    may = false;
    vi.advanceTimersByTime(1000);
    expect(line.written.at(-1)).toContain('event: gone');
    expect(line.isEnded).toBe(true);
    expect(viewers.size).toBe(0);
  });

  it('go on with the last state where one cannot be composed', () => {
    const broken: Shown = {
      ...shown,
      compose() {
        composed++;
        if (composed > 1) throw new Error('no');
        return page;
      },
    };
    const line = new Line();
    viewers.add('x', () => broken, {response: line.response, kind: {type: 'model'}, mayWatch: () => true});
    vi.advanceTimersByTime(3000);
    expect(line.written.length).toBeGreaterThan(2);
  });
});
