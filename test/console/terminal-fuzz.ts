/**
 * Seeded byte strings by the grammar of what real terminals send, cut into reads at any byte with any pause between, held
 * against what a console may rely on. Each case follows from the seed and its number alone.
 */
import {INTRODUCERS, goesOn} from '../../source/console/input/sequence-keys.ts';
import {ESCAPE_MS, NO_INPUT, readInput, SPLIT_MS} from '../../source/console/input/terminal-input.ts';

const ESC = '\u001B';
const ENDS = [`${ESC}\\`, '\u0007', '\u009C'];

export interface FuzzFigures {
  inputs: number;
  bytes: number;
  /** Longest that a state of the reader was, characters of text and bytes of a letter that is not whole. */
  largestState: number;
  /** Keys that were pressed one after the other right after Escape, and those of them that were taken for a sequence. */
  afterEscape: {pressed: number; dropped: number};
  failures: string[];
}

/** Mulberry32: small, and the same everywhere. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Chance that follows from a seed alone. */
export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = chance(seed);
  }

  /** A whole number from 0 up to `sides`, without it. */
  below(sides: number): number {
    return Math.floor(this.#next() * sides);
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  text(letters: string, most: number): string {
    return Array.from({length: this.below(most + 1)}, () => this.of(Array.from(letters))).join('');
  }
}

const WORDS = 'abcryqnACPR0123456789;:/+=,. 灰é';

/** An answer or a report: whatever it is, it is no key. */
export function answer(dice: Dice): string {
  const number = (): number => dice.below(300);
  switch (dice.below(14)) {
    case 0:
      return `${ESC}]${dice.of([4, 10, 11, 12, 52, 99, 1337])};${dice.text(WORDS, 30)}${dice.of(ENDS)}`;
    case 1:
      return `${ESC}]${dice.of(['l', 'L'])}${dice.text(WORDS, 20)}${ESC}\\`;
    case 2:
      return `${ESC}P${dice.of(['>|', '!|', '1+r', '0+r', '1$r', '0$r', '2$u'])}${dice.text(WORDS, 30)}${dice.of([`${ESC}\\`, '\u009C'])}`;
    case 3:
      return `${ESC}_G${dice.text(WORDS, 30)}${ESC}\\`;
    case 4:
      return `${ESC}${dice.of(['^', 'X'])}A${dice.text(WORDS, 30)}${ESC}\\`;
    case 5:
      return `${ESC}[?${number()};${number()}${dice.of(['c', '$y', 'n', 'S'])}`;
    case 6:
      return `${ESC}[${number()};${number()}${dice.of(['R', '$y', 't', 'n', 'x'])}`;
    case 7:
      return `${ESC}[>${number()};${number()};0c`;
    case 8:
      return `${ESC}[M${String.fromCodePoint(32 + dice.below(90), 33 + dice.below(90), 33 + dice.below(200))}`;
    case 9:
      return `${ESC}[<${number()};${number()};${number()}${dice.of(['M', 'm'])}`;
    case 10:
      return `${ESC}[${32 + dice.below(60)};${1 + number()};${1 + number()}M`;
    case 11:
      return dice.of([`${ESC}[I`, `${ESC}[O`, `${ESC}[?${number()}u`, `${ESC}[[B`, `${ESC}OP`, `${ESC}Oy`]);
    case 12:
      return `${ESC}[${97 + dice.below(26)};${1 + dice.below(8)}:3u`;
    default:
      return `${dice.of(['\u009D', '\u0090', '\u009F'])}${dice.below(100)};${dice.text(WORDS, 20)}\u009C`;
  }
}

function paste(dice: Dice): string {
  const length = dice.below(5000) === 0 ? 100_000 : 1;
  return `${ESC}[200~${dice.text(`${WORDS}\r`, 20).repeat(length)}${ESC}[201~`;
}

const KEYS: readonly (readonly [bytes: string, name: string])[] = [
  ...Array.from('rynpPRCaA+-gqjkhlwmfto?/:[]<>.,O_^X\\灰😀', letter => [letter, letter] as const),
  ['\r', 'Enter'],
  ['\t', 'Tab'],
  ['\u007F', 'Backspace'],
  ['\u001A', 'Ctrl+z'],
  ['\u000C', 'Ctrl+l'],
  [`${ESC}[A`, 'Up'],
  [`${ESC}OB`, 'Down'],
  [`${ESC}[1;5C`, 'Right'],
  [`${ESC}[Z`, 'Shift+Tab'],
  [`${ESC}[5~`, 'PageUp'],
  [`${ESC}[27u`, 'Escape'],
  [`${ESC}[97:65;2u`, 'A'],
  [`${ESC}[114;1:1u`, 'r'],
  [`${ESC}[27;5;99~`, 'Ctrl+c'],
];

/** Keys that change nothing: a letter of an answer that was split twice, with a pause each time, may be one of them. */
const HARMLESS: ReadonlySet<string> = new Set(['Escape', '[', ']', 'O', '_', '^', 'X']);

class Reading {
  readonly keys: string[] = [];
  largest = 0;
  #state = NO_INPUT;
  #at = 1000;

  /** So many milliseconds after the read before. */
  read(bytes: Uint8Array, after = 0): void {
    this.pass(after);
    this.#step(bytes);
  }

  pass(ms: number): void {
    const end = this.#at + ms;
    while (this.#state.until !== null && this.#state.until < end) {
      this.#at = this.#state.until + 1;
      this.#step(new Uint8Array());
    }
    this.#at = Math.max(this.#at, end);
  }

  /** Reads cut anywhere; `pauses` says how long each of them waits. */
  cut(bytes: Uint8Array, dice: Dice, pause: () => number): void {
    for (let begin = 0; begin < bytes.length;) {
      const length = bytes.length > 1000 ? 4096 : 1 + dice.below(9);
      this.read(bytes.subarray(begin, begin + length), begin === 0 ? 0 : pause());
      begin += length;
    }
  }

  #step(bytes: Uint8Array): void {
    const {state, events} = readInput(this.#state, bytes, this.#at);
    this.#state = state;
    for (const event of events) if (event.type === 'key') this.keys.push(event.name);
    const {mode, partial} = state;
    const held = ('text' in mode ? mode.text.length : 0) + ('body' in mode ? mode.body.length : 0);
    this.largest = Math.max(this.largest, held + partial.length);
  }
}

type Check = (dice: Dice, reading: Reading, figures: FuzzFigures) => string | null;

/** Bytes that are no text in any way. */
const noise = (dice: Dice): Uint8Array => Uint8Array.from({length: dice.below(40)}, () => dice.below(256));

const CHECKS: readonly Check[] = [
  // No answer is a key, though a slow line splits each once.
  (dice, reading, figures) => {
    for (let part = 1 + dice.below(3); part > 0; part--) {
      const bytes = Buffer.from(dice.below(5) === 0 ? paste(dice) : answer(dice));
      figures.bytes += bytes.length;
      const cut = 1 + dice.below(Math.max(1, bytes.length - 1));
      reading.cut(bytes.subarray(0, cut), dice, () => 0);
      reading.pass(dice.of([0, 10, 49, 60, 200, 450]));
      reading.cut(bytes.subarray(cut), dice, () => 0);
    }
    reading.pass(SPLIT_MS + 100);
    const wrong = reading.keys.filter(name => name !== 'Escape');
    return wrong.length === 0 ? null : `an answer gave ${wrong.join(' ')}`;
  },
  // Split again and again, none changes anything. Function keys of the Linux console come over no line, and no terminal
  // sends privacy messages or starts of strings.
  (dice, reading, figures) => {
    let sent = answer(dice);
    while ([`${ESC}[[`, `${ESC}^`, `${ESC}X`].some(begin => sent.startsWith(begin))) sent = answer(dice);
    const bytes = Buffer.from(sent);
    figures.bytes += bytes.length;
    reading.cut(bytes, dice, () => dice.of([0, 10, 49, 60, 120, 200]));
    reading.pass(SPLIT_MS + 100);
    const wrong = reading.keys.filter(name => !HARMLESS.has(name));
    return wrong.length === 0 ? null : `an answer in pieces gave ${wrong.join(' ')}`;
  },
  // No key is lost between answers, and none comes out of turn.
  (dice, reading, figures) => {
    const parts = Array.from({length: 1 + dice.below(8)}, () =>
      dice.below(3) === 0 ? ([answer(dice), null] as const) : dice.of(KEYS),
    );
    const bytes = Buffer.from(parts.map(([text]) => text).join(''));
    figures.bytes += bytes.length;
    reading.cut(bytes, dice, () => dice.of([0, 10, 49]));
    reading.pass(SPLIT_MS + 100);
    const pressed = parts.flatMap(([, name]) => name ?? []);
    return reading.keys.join(' ') === pressed.join(' ')
      ? null
      : `${pressed.join(' ')} came as ${reading.keys.join(' ')}`;
  },
  // Ctrl-C always works, after any bytes.
  (dice, reading, figures) => {
    const before = [noise(dice), Buffer.from(answer(dice)), Buffer.from(paste(dice))][dice.below(3)]!;
    const kept = before.subarray(0, dice.below(before.length + 1));
    figures.bytes += kept.length + 1;
    reading.cut(kept, dice, () => dice.of([0, 60, 200]));
    reading.read(Buffer.from(dice.of(['\u0003', `${ESC}[99;5u`])), dice.of([0, 60]));
    reading.pass(SPLIT_MS + 100);
    // In the form of kitty it is a sequence: where another had begun, that one ends first.
    return reading.keys.includes('Ctrl+c') ? null : `no Ctrl+C: ${reading.keys.join(' ')}`;
  },
  // Any bytes give names of keys, and a press a while later is read.
  (dice, reading, figures) => {
    const bytes = noise(dice);
    figures.bytes += bytes.length + 1;
    reading.cut(bytes, dice, () => dice.of([0, 60, 600]));
    reading.read(Buffer.from('q'), SPLIT_MS + 100);
    reading.pass(SPLIT_MS + 100);
    // oxlint-disable-next-line no-control-regex -- names of keys hold no control characters
    const odd = reading.keys.find(name => !/^[^\u0000-\u001F\u007F-\u009F\uFFFD]+$/u.test(name));
    if (odd !== undefined) return `a key is called ${JSON.stringify(odd)}`;
    return reading.keys.at(-1) === 'q' ? null : 'q was not read';
  },
  // What a person presses after Escape arrives, but what can be the rest of a cursor key.
  (dice, reading, figures) => {
    const letters = Array.from({length: 1 + dice.below(4)}, () =>
      dice.of(Array.from('rynpPRCaA+-gqh?[]O_^X\\<>1')),
    );
    reading.read(Buffer.from(ESC));
    for (const letter of letters) reading.read(Buffer.from(letter), ESCAPE_MS + 10 + dice.below(400));
    reading.pass(SPLIT_MS + 100);
    figures.bytes += letters.length + 1;
    figures.afterEscape.pressed += letters.length;
    const [first = '', second = ''] = letters;
    const mayDrop = INTRODUCERS.includes(first) && (goesOn(first, second, false) || first === 'P');
    const dropped = letters.length + 1 - reading.keys.length;
    figures.afterEscape.dropped += dropped;
    return dropped === 0 || mayDrop
      ? null
      : `${letters.join(' ')} after Escape came as ${reading.keys.join(' ')}`;
  },
];

/** Runs so many cases, in turn one of each kind. */
export function fuzzTerminal(seed: number, inputs: number): FuzzFigures {
  const figures: FuzzFigures = {
    inputs,
    bytes: 0,
    largestState: 0,
    afterEscape: {pressed: 0, dropped: 0},
    failures: [],
  };
  for (let number = 0; number < inputs && figures.failures.length < 10; number++) {
    const reading = new Reading();
    const failure = CHECKS[number % CHECKS.length]!(new Dice(seed + number * 2_654_435), reading, figures);
    figures.largestState = Math.max(figures.largestState, reading.largest);
    if (failure !== null) figures.failures.push(`case ${number} of seed ${seed}: ${failure}`);
  }
  return figures;
}
