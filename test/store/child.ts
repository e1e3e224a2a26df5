import {spawn, type ChildProcess} from 'node:child_process';
import {createInterface} from 'node:readline';
import {PATIENCE_MS} from '../patience.ts';

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

/** `uid`: the user it runs as; needs the rights to become that user. */
export function runProgram(
  name: string,
  args: string[],
  env: Record<string, string> = {},
  uid?: number,
): Child {
  return runFile(new URL(`programs/${name}.ts`, import.meta.url).pathname, args, env, uid);
}

/** As `runProgram`, by the path of the file. */
export function runFile(path: string, args: string[], env: Record<string, string> = {}, uid?: number): Child {
  const child = spawn(process.execPath, [path, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {...process.env, ...env},
    ...(uid === undefined ? {} : {uid}),
  });
  const lines: string[] = [];
  const errors: string[] = [];
  const output = createInterface({input: child.stdout});
  output.on('line', line => lines.push(line));
  child.stderr.on('data', (data: Buffer) => errors.push(data.toString()));
  return {
    process: child,
    lines,
    errors: () => errors.join(''),
    async printed(count) {
      const tooLong = AbortSignal.timeout(PATIENCE_MS);
      await new Promise<void>((resolve, reject) => {
        const give = () => {
          if (lines.length < count) return;
          output.off('line', give);
          resolve();
        };
        output.on('line', give);
        tooLong.addEventListener('abort', () => {
          output.off('line', give);
          reject(new Error(`${path} has printed ${lines.length} of ${count} lines. ${errors.join('')}`));
        });
        give();
      });
    },
    tell: line => child.stdin.write(`${line}\n`),
    ended: new Promise(resolve => {
      child.once('close', (code, signal) => resolve(signal ?? code));
    }),
  };
}
