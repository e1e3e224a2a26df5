/** The real program, as a person or a script runs it, against a store of its own. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa, type ResultPromise} from 'execa';
import {inject} from 'vitest';

export interface Ran {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  /** Added to an environment that holds nothing of the one who runs the tests. */
  env?: Readonly<Record<string, string>>;
  /** What stands on stdin; nothing unless given. */
  input?: string;
}

/** Options for a program that is stopped or cut off in the middle. */
type Started = ResultPromise<{reject: false}>;

/** A folder with a store, files and the program. */
export class Workplace implements AsyncDisposable {
  readonly folder: string;
  /** Address of the store; an embedded one in the folder unless told. */
  readonly store: string;

  private constructor(folder: string, store: string | null) {
    this.folder = folder;
    this.store = store ?? `sqlite:${join(folder, 'graydeck.db')}`;
  }

  static async open(store: string | null = null): Promise<Workplace> {
    return new Workplace(await mkdtemp(join(tmpdir(), 'graydeck-cli-')), store);
  }

  /** What the program runs in: nothing of the machine but the means to find Node and programs. */
  environment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.folder,
      XDG_CACHE_HOME: join(tmpdir(), 'graydeck-cli-cache'),
      TZ: 'UTC',
      LANG: 'C.UTF-8',
      GRAYDECK_STORE: this.store,
      ...env,
    };
  }

  start(argv: readonly string[], {env = {}, input}: RunOptions = {}): Started {
    return execa(process.execPath, [inject('program'), ...argv], {
      cwd: this.folder,
      env: this.environment(env),
      extendEnv: false,
      reject: false,
      ...(input === undefined ? {stdin: 'ignore'} : {input}),
    }) as unknown as Started;
  }

  async run(...argv: string[]): Promise<Ran> {
    return await this.runWith({}, ...argv);
  }

  async runWith(options: RunOptions, ...argv: string[]): Promise<Ran> {
    const {exitCode, stdout, stderr} = await this.start(argv, options);
    return {exitCode, stdout, stderr};
  }

  /** Runs it and reads the one document on stdout. */
  async json(...argv: string[]): Promise<Record<string, unknown>> {
    const {stdout, stderr} = await this.run(...argv, '--json');
    try {
      return JSON.parse(stdout) as Record<string, unknown>;
    } catch {
      throw new Error(`no document on stdout of ${argv.join(' ')}: ${stdout}\n${stderr}`);
    }
  }

  async file(name: string, text: string): Promise<string> {
    await writeFile(join(this.folder, name), text);
    return name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, {recursive: true, force: true});
  }
}

/** The error document of a run under `--json`. */
export function errorOf({stderr}: Ran): Record<string, unknown> {
  return JSON.parse(stderr) as Record<string, unknown>;
}
