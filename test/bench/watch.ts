/** What a terminal program's output costs, counted while it draws. */
import {openTerminal, type TerminalOptions, type TestTerminal} from '../terminal/open.ts';
import {filledCells, pictureOf} from '../terminal/screen.ts';

/** A piece of output after which this share of the filled cells was gone is a flicker. */
const FLICKER_LOSS = 0.3;

export type Watched = {
  readonly terminal: TestTerminal;
  /** From the program's start to the first piece of output after which anything was to be seen, ms. */
  readonly firstScreenMs: () => number | undefined;
  /** From the program's start until the numbers were on the screen, ms. */
  readonly firstNumbersMs: () => number | undefined;
  /** Running totals: bytes written, whole screens cleared, flickers seen where nothing hides them. */
  readonly totals: {bytes: number; fullClears: number; flickers: number};
  /** Presses a key; the promise is the time until the screen differed, ms, or `undefined` after `limitMs`. */
  readonly press: (key: string, limitMs: number) => Promise<number | undefined>;
};

const countFullClears = ({emulator}: TestTerminal, count: () => void) => {
  emulator.parser.registerCsiHandler({final: 'J'}, ([what = 0]) => {
    const {cursorX, cursorY} = emulator.buffer.active;
    if (what === 2 || (what === 0 && cursorX === 0 && cursorY === 0)) {
      count();
    }
    return false;
  });
};

/** Starts a program and watches it; `numbers` says when its first numbers are on the screen. */
export function watch(
  argv: readonly [string, ...string[]],
  options: TerminalOptions,
  numbers: RegExp,
): Watched {
  const totals = {bytes: 0, fullClears: 0, flickers: 0};
  let firstScreen: number | undefined;
  let firstNumbers: number | undefined;
  let filledBefore = 0;
  let bufferBefore = '';
  let pending: {readonly before: string; readonly answer: (at: number) => void} | undefined;

  const onOutput = (bytes: number, at: number) => {
    totals.bytes += bytes;
    const filled = filledCells(terminal.emulator);
    const {type} = terminal.emulator.buffer.active;
    firstScreen ??= filled > 0 ? at : undefined;
    firstNumbers ??= numbers.test(terminal.text()) ? at : undefined;
    // Entering or leaving the alternate screen empties it by design.
    const isLoss = type === bufferBefore && filled < filledBefore * (1 - FLICKER_LOSS);
    totals.flickers += isLoss ? 1 : 0;
    filledBefore = filled;
    bufferBefore = type;
    if (pending && pending.before !== pictureOf(terminal.emulator)) {
      pending.answer(at);
    }
  };
  const terminal = openTerminal(argv, {...options, onOutput});
  countFullClears(terminal, () => (totals.fullClears += 1));

  const press = async (key: string, limitMs: number) => {
    const {promise, resolve} = Promise.withResolvers<number | undefined>();
    const before = pictureOf(terminal.emulator);
    const timer = setTimeout(resolve, limitMs, undefined);
    const pressedAt = performance.now();
    pending = {before, answer: at => resolve(at - pressedAt)};
    terminal.press(key);
    const latency = await promise;
    clearTimeout(timer);
    pending = undefined;
    return latency;
  };

  const since = (at: number | undefined) => (at === undefined ? undefined : at - terminal.startedAt);
  return {
    terminal,
    totals,
    press,
    firstScreenMs: () => since(firstScreen),
    firstNumbersMs: () => since(firstNumbers),
  };
}
