import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {InputEvent} from '../../source/console/input/read-items.ts';
import {fuzzTerminal} from './terminal-fuzz.ts';
import {
  ESCAPE_MS,
  NO_INPUT,
  PASTE_MS,
  readInput,
  REST_MS,
  SEQUENCE_MS,
  SPLIT_MS,
} from '../../source/console/input/terminal-input.ts';

/** What arrives in one read, and the milliseconds that pass before it. */
interface Read {
  bytes: Uint8Array;
  after: number;
}

const ESC = '\u001B';
const ST = `${ESC}\\`;

const read = (text: string | readonly number[], after = 0): Read => ({
  bytes: typeof text === 'string' ? Buffer.from(text) : Uint8Array.from(text),
  after,
});

/** Reads one after the other, with a look at the clock whenever something is due, and once more when all is over. */
function eventsOf(...reads: readonly Read[]): InputEvent[] {
  let state = NO_INPUT;
  let at = 1000;
  const events: InputEvent[] = [];
  const step = (bytes: Uint8Array): void => {
    const next = readInput(state, bytes, at);
    state = next.state;
    events.push(...next.events);
  };
  const passUntil = (end: number): void => {
    while (state.until !== null && state.until < end) {
      at = state.until + 1;
      step(new Uint8Array());
    }
    at = end;
  };
  for (const {bytes, after} of reads) {
    passUntil(at + after);
    step(bytes);
  }
  passUntil(at + 2 * PASTE_MS);
  return events;
}

const keysOf = (...reads: readonly Read[]): string[] =>
  eventsOf(...reads).flatMap(event => (event.type === 'key' ? [event.name] : []));
const pastesOf = (...reads: readonly Read[]): string[] =>
  eventsOf(...reads).flatMap(event => (event.type === 'paste' ? [event.text] : []));

/** What terminals answer, and report without being asked. */
const ANSWERS: Readonly<Record<string, string>> = {
  'colour of the background': `${ESC}]11;rgb:1e1e/1e1e/2e2e\u0007`,
  'colour, ended by ST': `${ESC}]4;1;rgb:cdcd/0000/0000${ST}`,
  clipboard: `${ESC}]52;c;cm9sbGJhY2sgeQ==\u0007`,
  'title of the window': `${ESC}]lroot@host: 灰度 rollback${ST}`,
  version: `${ESC}P>|xterm(390)${ST}`,
  'terminfo by name': `${ESC}P1+r544e=787465726d${ST}`,
  setting: `${ESC}P1$r0;1m${ST}`,
  'third attributes': `${ESC}P!|7E565445${ST}`,
  'answer of kitty graphics': `${ESC}_Gi=31;OK${ST}`,
  'privacy message': `${ESC}^Ay${ST}`,
  'start of string': `${ESC}XAy${ST}`,
  'device attributes': `${ESC}[?62;1;4;22c`,
  'second attributes': `${ESC}[>41;390;0c`,
  'cursor position': `${ESC}[24;80R`,
  status: `${ESC}[0n`,
  'private mode': `${ESC}[?2026;2$y`,
  'mode by number': `${ESC}[4;1$y`,
  'flags of the keyboard': `${ESC}[?1u`,
  'size of the window': `${ESC}[8;40;120t`,
  'colour scheme': `${ESC}[?997;1n`,
  'focus gained': `${ESC}[I`,
  'focus lost': `${ESC}[O`,
  'mouse, X10': `${ESC}[M Ay`,
  'mouse, X10 in UTF-8': `${ESC}[M é¢`,
  'mouse, SGR': `${ESC}[<0;65;121M`,
  'mouse released, SGR': `${ESC}[<0;65;121m`,
  'mouse, urxvt': `${ESC}[32;65;121M`,
  'function key of the Linux console': `${ESC}[[A`,
  'function key': `${ESC}OP`,
  'function key with Shift': `${ESC}[1;2R`,
  'keypad in application mode': `${ESC}Oy`,
  'key released, kitty': `${ESC}[97;1:3u`,
  'colour in 8-bit controls': '\u009D11;rgb:1e1e/1e1e/2e2e\u009C',
  'attributes in 8-bit controls': '\u009B?62;1c',
};
const NAMES = Object.keys(ANSWERS);

/** Keys as terminals send them, each with its name. */
const KEYS: readonly (readonly [bytes: string, name: string])[] = [
  ['r', 'r'],
  ['A', 'A'],
  ['用', '用'],
  ['😀', '😀'],
  ['\r', 'Enter'],
  ['\t', 'Tab'],
  ['\u007F', 'Backspace'],
  ['\u0008', 'Backspace'],
  ['\u001A', 'Ctrl+z'],
  ['\u0003', 'Ctrl+c'],
  [`${ESC}[A`, 'Up'],
  [`${ESC}OB`, 'Down'],
  [`${ESC}[1;5C`, 'Right'],
  [`${ESC}[d`, 'Left'],
  [`${ESC}[Z`, 'Shift+Tab'],
  [`${ESC}[3~`, 'Delete'],
  [`${ESC}[5~`, 'PageUp'],
  [`${ESC}[6;2~`, 'PageDown'],
  [`${ESC}[H`, 'Home'],
  [`${ESC}[4~`, 'End'],
  [`${ESC}[99;5u`, 'Ctrl+c'],
  [`${ESC}[1089::99;5u`, 'Ctrl+c'],
  [`${ESC}[27;5;99~`, 'Ctrl+c'],
  [`${ESC}[27u`, 'Escape'],
  [`${ESC}[97:65;2u`, 'A'],
  [`${ESC}[114;1:1u`, 'r'],
  [`${ESC}[57419u`, 'Up'],
];

describe('a key', () => {
  it.each(KEYS)('%j is %s', (bytes, name) => {
    expect(keysOf(read(bytes))).toEqual([name]);
  });

  it('Escape is one by itself a moment after it came', () => {
    const pressed = readInput(NO_INPUT, Buffer.from(ESC), 1000);
    expect(pressed.events).toEqual([]);
    expect(pressed.state.until).toBe(1000 + ESCAPE_MS);
    const {events} = readInput(pressed.state, new Uint8Array(), 1001 + ESCAPE_MS);
    expect(events).toEqual([{type: 'key', name: 'Escape'}]);
  });

  it.each([
    ['y', ['Escape', 'y']],
    ['\r', ['Escape', 'Enter']],
    [ESC, ['Escape', 'Escape']],
    [`${ESC}[A`, ['Escape', 'Up']],
    ['\u0003', ['Escape', 'Ctrl+c']],
    // Alt with Backspace.
    ['\u007F', ['Backspace']],
  ])('right after Escape, %j, is one as well', (bytes, names) => {
    expect(keysOf(read(`${ESC}${bytes}`))).toEqual(names);
  });

  it('of up to eight in one read is one each, and a ninth makes them a paste', () => {
    expect(keysOf(read('jjjjkkkr'))).toHaveLength(8);
    expect(eventsOf(read('rm -rf /\r'))).toEqual([{type: 'paste', text: 'rm -rf /\n'}]);
  });

  it('held down on a slow line is as many as arrive', () => {
    expect(keysOf(read(`${ESC}[A`.repeat(30)))).toHaveLength(30);
    expect(keysOf(read('\u007F'.repeat(30)))).toHaveLength(30);
  });

  it('is what arrives before a broken character and after it', () => {
    expect(keysOf(read([0x72, 0xe7, 0x94]), read([0x79]))).toEqual(['r', 'y']);
    expect(keysOf(read([0x72, 0xff, 0xc0, 0xaf, 0x79]))).toEqual(['r', 'y']);
    // Half a surrogate pair, and a character beyond the last one.
    expect(keysOf(read([0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0x79]))).toEqual(['y']);
  });

  it('may be split between reads inside a character', () => {
    const [first, ...rest] = Buffer.from('😀');
    expect(keysOf(read([first!]), read(rest, SPLIT_MS / 2))).toEqual(['😀']);
  });
});

describe('an answer of the terminal', () => {
  it.each(Object.entries(ANSWERS))('%s is no key', (_, bytes) => {
    expect(keysOf(read(`r${bytes}q`))).toEqual(['r', 'q']);
    expect(eventsOf(read(bytes))).toEqual([{type: 'dropped', what: 'answer'}]);
  });

  it.each(Object.entries(ANSWERS))('%s is none in two pieces either, wherever it is cut', (_, text) => {
    const bytes = [...Buffer.from(text)];
    for (let cut = 1; cut < bytes.length; cut++) {
      const [head, tail] = [bytes.slice(0, cut), bytes.slice(cut)];
      const isEscapeAlone = head.length === 1 && head[0] === 0x1b;
      expect(keysOf(read(head), read(tail, 200), read('q', SPLIT_MS + 1))).toEqual([
        ...(isEscapeAlone ? ['Escape'] : []),
        'q',
      ]);
    }
  });

  it('that lost its end is given up after a while, and Ctrl+C never waits for that', () => {
    expect(keysOf(read(`${ESC}]11;rgb:1e1e`), read('q', SPLIT_MS + 1))).toEqual(['q']);
    expect(keysOf(read(`${ESC}]11;rgb:1e1e`), read('\u0003'))).toEqual(['Ctrl+c']);
    expect(keysOf(read(`${ESC}[?62`), read('\u0003'))).toEqual(['Ctrl+c']);
    expect(keysOf(read(`${ESC}[M `), read('\u0003'))).toEqual(['Ctrl+c']);
    expect(keysOf(read(`${ESC}P1+r`), read(`${ESC}[99;5u`))).toEqual(['Ctrl+c']);
  });

  it('that never ends is bounded in time and in bytes', () => {
    const drip = Array.from({length: SEQUENCE_MS / 100}, () => read('x', 100));
    expect(keysOf(read(`${ESC}]0;`), ...drip, read('q', 100))).toEqual(['q']);
    const flood = Array.from({length: 70}, () => read('x'.repeat(1024), 1));
    expect(keysOf(read(`${ESC}P`), ...flood, read('q', ESCAPE_MS + 1))).toEqual(['q']);
  });

  it('is over where another sequence begins, which may be a key', () => {
    expect(keysOf(read(`${ESC}]11;rgb:1e1e${ESC}[A`))).toEqual(['Up']);
    expect(keysOf(read(`${ESC}[24;8${ESC}[A`))).toEqual(['Up']);
  });

  it('that comes to its end only after it was given up is no text', () => {
    expect(eventsOf(read(`${ESC}]11;`), read('rgb:1e1e/1e1e\u0007', SPLIT_MS + 1))).toEqual([
      {type: 'dropped', what: 'unfinished'},
      {type: 'dropped', what: 'rest'},
    ]);
  });

  it('that goes on after its Escape was given as a key is no key', () => {
    expect(keysOf(read(ESC), read('[A', 200))).toEqual(['Escape']);
    // Split twice, with a long pause each time: the letter that could change something is dropped.
    expect(keysOf(read(ESC), read('[', 200), read('A', 200))).toEqual(['Escape', '[']);
    expect(keysOf(read(ESC), read('OA', 200))).toEqual(['Escape']);
    expect(keysOf(read(ESC), read(']11;rgb:1e1e/1e1e/2e2e\u0007', 200))).toEqual(['Escape']);
    expect(keysOf(read(ESC), read('[99;5u', 200))).toEqual(['Escape', 'Ctrl+c']);
  });

  it.each(['[', ']', 'O', 'P', '_', '^', 'X', '\\', 'r', 'y'])(
    'after Escape takes %s from nobody who presses it',
    letter => {
      expect(keysOf(read(ESC), read(letter, 60))).toEqual(['Escape', letter]);
      expect(keysOf(read(ESC), read(letter, 200), read('g', 100))).toEqual(['Escape', letter, 'g']);
      expect(keysOf(read(ESC), read(letter, 200), read(ESC, 100))).toEqual(['Escape', letter, 'Escape']);
      expect(keysOf(read(ESC), read(letter, REST_MS + ESCAPE_MS + 2))).toEqual(['Escape', letter]);
      expect(keysOf(read(ESC), read(letter, 200), read('\u0003', 10))).toEqual(['Escape', letter, 'Ctrl+c']);
    },
  );

  it('that was split right after Escape is told from keys by what comes together with its first letter', () => {
    expect(keysOf(read(ESC), read('[q', 200))).toEqual(['Escape', '[', 'q']);
    expect(keysOf(read(ESC), read('[', 200), read('5;3R', 40))).toEqual(['Escape']);
    expect(keysOf(read(ESC), read('Pr', 200))).toEqual(['Escape', 'P', 'r']);
    expect(keysOf(read(ESC), read('P>|xterm', 200), read(ST, 10))).toEqual(['Escape']);
  });
});

describe('a paste', () => {
  const paste = `${ESC}[200~ry\rC${ESC}[201~`;

  it('is no key, wherever it is cut', () => {
    const bytes = [...Buffer.from(paste)];
    for (let cut = 1; cut < bytes.length; cut++) {
      const events = eventsOf(read(bytes.slice(0, cut)), read(bytes.slice(cut), 200));
      expect(events.filter(({type}) => type !== 'key')).toEqual([{type: 'paste', text: 'ry\nC'}]);
      expect(events.filter(({type}) => type === 'key')).toHaveLength(cut === 1 ? 1 : 0);
    }
  });

  it('that lost its end is over after a while', () => {
    const reads = [read(`${ESC}[200~half`), read('q', SPLIT_MS + 1)];
    expect(pastesOf(...reads)).toEqual(['half']);
    expect(keysOf(...reads)).toEqual(['q']);
  });

  it('never stops Ctrl+C, in whatever way the terminal sends it', () => {
    for (const bytes of ['\u0003', `${ESC}[99;5u`]) {
      expect(keysOf(read(`${ESC}[200~half${bytes}`))).toEqual(['Ctrl+c']);
      expect(keysOf(read(`${ESC}[200~half`), read(`q${bytes}`, 10))).toContain('Ctrl+c');
      expect(keysOf(read(`${paste}${bytes}`))).toEqual(['Ctrl+c']);
    }
  });

  it('is bounded in time, and what is kept of it in size', () => {
    const drip = Array.from({length: PASTE_MS / 100 + 2}, () => read('xy', 100));
    expect(keysOf(read(`${ESC}[200~`), ...drip, read('q', 100)).at(-1)).toBe('q');
    const [kept] = pastesOf(read(`${ESC}[200~${'x'.repeat(100_000)}${ESC}[201~`));
    expect(kept).toHaveLength(65_536);
  });

  it('of many characters is one without marks as well, with all that follows it at once', () => {
    expect(eventsOf(read('y'.repeat(1024)), read('ry\r', 5))).toEqual([
      {type: 'paste', text: 'y'.repeat(1024)},
      {type: 'paste', text: 'ry\n'},
    ]);
    expect(keysOf(read('y'.repeat(1024)), read('r', ESCAPE_MS + 1))).toEqual(['r']);
    // A short one came whole: Enter right after it is a key.
    expect(keysOf(read('a few words'), read('\r', 1))).toEqual(['Enter']);
  });

  it('whose beginning was lost or cut off is no key', () => {
    expect(eventsOf(read(`ry${ESC}[201~`))).toEqual([{type: 'paste', text: 'ry'}]);
    const late = [read(`${ESC}[200~ha${ESC}[20`), read('1~', SPLIT_MS + 200)];
    expect(keysOf(...late)).toEqual([]);
  });
});

describe('whatever terminals send', () => {
  /** Cuts bytes into reads at any place, with any of the delays between them. */
  const cutUp = (delays: readonly number[]): fc.Arbitrary<(bytes: readonly number[]) => Read[]> =>
    fc
      .infiniteStream(fc.record({length: fc.integer({min: 1, max: 9}), after: fc.constantFrom(...delays)}))
      .map(cuts => bytes => {
        const reads: Read[] = [];
        for (let begin = 0; begin < bytes.length;) {
          const {length, after} = cuts.next().value!;
          reads.push(read(bytes.slice(begin, begin + length), after));
          begin += length;
        }
        return reads;
      });
  const answer = fc.constantFrom(...NAMES).map(name => ANSWERS[name]!);
  const pasted = fc
    .constantFrom('ry', 'C\rv1.1.0\r', '灰度 rollback', 'A')
    .map(text => `${ESC}[200~${text}${ESC}[201~`);
  const runs = {seed: 20_261_130, numRuns: 3000};

  it('no answer and no paste gives a key, however it is split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(answer, pasted), {minLength: 1, maxLength: 4}),
        cutUp([0, 10, 49]),
        (parts, cut) => {
          expect(keysOf(...cut([...Buffer.from(parts.join(''))]))).toEqual([]);
        },
      ),
      runs,
    );
  });

  it('30 000 inputs by the grammar of real terminals keep every promise', () => {
    const {failures, largestState} = fuzzTerminal(20_261_130, 30_000);
    expect(failures).toEqual([]);
    expect(largestState).toBeLessThan(66_000);
  });

  it('no key is lost between answers that arrive in time, and none comes out of turn', () => {
    const key = fc.constantFrom(...KEYS);
    const part = fc.oneof(
      key.map(([bytes, name]) => ({bytes, name})),
      answer.map(bytes => ({bytes, name: null})),
    );
    fc.assert(
      fc.property(fc.array(part, {maxLength: 8}), cutUp([0, 10, 49]), (parts, cut) => {
        const keys = keysOf(...cut([...Buffer.from(parts.map(({bytes}) => bytes).join(''))]));
        expect(keys).toEqual(parts.flatMap(({name}) => (name === null ? [] : [name])));
      }),
      runs,
    );
  });

  it('Ctrl+C always comes through, after any bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({maxLength: 40}).map(list => [...list]),
      fc.tuple(answer, fc.nat(12)).map(([text, kept]) => [...Buffer.from(text)].slice(0, kept)),
      fc.constant([...Buffer.from(`${ESC}[200~half`)]),
    );
    fc.assert(
      fc.property(bytes, cutUp([0, 60, 200]), fc.constantFrom(0, 60), (before, cut, after) => {
        expect(keysOf(...cut(before), read('\u0003', after)).at(-1)).toBe('Ctrl+c');
      }),
      runs,
    );
  });

  it('any bytes give names of keys, and a press a while later is always read', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 60}), cutUp([0, 60, 600]), (bytes, cut) => {
        const keys = keysOf(...cut([...bytes]), read('q', SPLIT_MS + 100));
        expect(keys.at(-1)).toBe('q');
        // oxlint-disable-next-line no-control-regex -- names of keys hold no control characters
        for (const name of keys) expect(name).toMatch(/^[^\u0000-\u001F\u007F-\u009F\uFFFD]+$/u);
      }),
      runs,
    );
  });
});
