import {spawn, type ChildProcess} from 'node:child_process';
import {createInterface} from 'node:readline';
import {vi} from 'vitest';

/** A program of `programs/` in a process of its own. */
export interface Child {
  process: ChildProcess;
  /** What it has printed so far, line by line. */
  lines: string[];
  /** What it has said on stderr. */
  errors(): string;
  /** Resolves once it has printed so many lines. */
  printed(count: number): Promise<void>;
  tell(line: string): void;
  /** Resolves with exit code or signal. */
  ended: Promise<number | NodeJS.Signals | null>;
}

export function runProgram(
  name: string,
  args: string[],
  env: Record<string, string> = {},
  uid?: number,
): Child {
  const path = new URL(`programs/${name}.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {...process.env, ...env},
    ...(uid === undefined ? {} : {uid}),
  });
  const lines: string[] = [];
  const errors: string[] = [];
  createInterface({input: child.stdout}).on('line', line => lines.push(line));
  child.stderr.on('data', (data: Buffer) => errors.push(data.toString()));
  return {
    process: child,
    lines,
    errors: () => errors.join(''),
    printed: count =>
      vi.waitFor(
        () => {
          if (lines.length < count)
            throw new Error(`${name} has printed ${lines.length} of ${count} lines. ${errors.join('')}`);
        },
        {timeout: 15_000, interval: 2},
      ),
    tell: line => child.stdin.write(`${line}\n`),
    ended: new Promise(resolve => {
      child.once('close', (code, signal) => resolve(signal ?? code));
    }),
  };
}
