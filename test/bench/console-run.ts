import {setTimeout as pause} from 'node:timers/promises';
import {median, quantile} from './quantile.ts';
import {readUsage} from './usage.ts';
import {watch, type Watched} from './watch.ts';

export type RunOptions = {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly columns: number;
  readonly rows: number;
  /** The key pressed again and again; each press must change something. */
  readonly key: string;
  readonly presses: number;
  /** How long the quiet stretch is over which CPU and bytes are taken. */
  readonly seconds: number;
  /** What is on the screen once it shows numbers. */
  readonly numbers: RegExp;
  readonly quitKey: string;
};

/** The figures of one run of the console; NaN for what was never seen. */
export type Figures = {
  readonly firstScreenMs: number;
  readonly firstNumbersMs: number;
  readonly keyMedianMs: number;
  readonly keyP95Ms: number;
  /** Presses that were answered within a second. */
  readonly answered: number;
  readonly cpuSecondsPerMinute: number;
  readonly bytesPerSecond: number;
  readonly fullClears: number;
  readonly flickers: number;
  readonly rssMiB: number;
  /** Terminal modes left on after quitting, and one more for an exit code other than 0. */
  readonly leftBehind: number;
};

const settle = 2000;
const answerLimit = 1000;
const gap = 200;

async function pressMany({press}: Watched, {key, presses}: RunOptions): Promise<number[]> {
  const latencies: (number | undefined)[] = [];
  for (let pressed = 0; pressed < presses; pressed++) {
    latencies.push(await press(key, answerLimit));
    // Never in step with what the program draws by itself.
    await pause(gap + ((pressed * 37) % 101));
  }
  return latencies.filter(latency => latency !== undefined);
}

/** Starts the console, lets it settle, presses keys, then leaves it alone for a while and quits. */
export async function runConsole(options: RunOptions): Promise<Figures> {
  const {argv, env, columns, rows, seconds, numbers, quitKey} = options;
  const watched = watch(argv, {env, columns, rows}, numbers);
  const {terminal, totals} = watched;
  try {
    await terminal.until(numbers);
    const clearsAtStart = totals.fullClears;
    await pause(settle);
    const latencies = await pressMany(watched, options);
    await pause(settle);
    const [usage, bytes, from] = [readUsage(terminal.pid), totals.bytes, performance.now()];
    await pause(seconds * 1000);
    const later = readUsage(terminal.pid);
    const took = (performance.now() - from) / 1000;
    const written = {...totals};
    terminal.press(quitKey);
    const code = await terminal.exit();
    return {
      firstScreenMs: watched.firstScreenMs() ?? Number.NaN,
      firstNumbersMs: watched.firstNumbersMs() ?? Number.NaN,
      keyMedianMs: median(latencies),
      keyP95Ms: quantile(latencies, 0.95),
      answered: latencies.length,
      cpuSecondsPerMinute: ((later.cpuSeconds - usage.cpuSeconds) / took) * 60,
      bytesPerSecond: (written.bytes - bytes) / took,
      fullClears: written.fullClears - clearsAtStart,
      flickers: written.flickers,
      rssMiB: later.rssMiB,
      leftBehind: terminal.modesLeftOn().length + (code === 0 ? 0 : 1),
    };
  } finally {
    await terminal.close();
  }
}

/** Leaves the console alone for `minutes`; its memory at the end of each, MiB, told to `onMinute` as it goes. */
export async function runLong(
  options: RunOptions,
  minutes: number,
  onMinute: (minute: number, rssMiB: number, cpuSeconds: number) => void,
): Promise<number[]> {
  const {argv, env, columns, rows, numbers} = options;
  const {terminal} = watch(argv, {env, columns, rows}, numbers);
  const memory: number[] = [];
  try {
    await terminal.until(numbers);
    for (let minute = 1; minute <= minutes && !terminal.hasEnded(); minute++) {
      await pause(60_000);
      const {rssMiB, cpuSeconds} = readUsage(terminal.pid);
      memory.push(rssMiB);
      onMinute(minute, rssMiB, cpuSeconds);
    }
    return memory;
  } finally {
    await terminal.close();
  }
}
