/** The product as its users have it: the built program in real terminals, and stores that really run. */
import {inject} from 'vitest';
import {Workplace} from '../cli/program.ts';
import {startRedis, type RedisOptions, type RedisServer} from '../servers/redis.ts';
import {TestTerminal, type TerminalOptions} from '../terminal/open.ts';
import {PATIENCE_MS} from '../patience.ts';

export const FEATURE = 'new_payment';
const VERSION = 'v1.1.0';

/** One store, whoever uses it, and a folder for everybody's files. */
export interface Place extends AsyncDisposable {
  readonly cli: Workplace;
  /** Null where the store is embedded. */
  readonly redis: RedisServer | null;
}

/** A place on a redis-server of its own. */
export async function redisPlace(options: RedisOptions = {}): Promise<Place & {redis: RedisServer}> {
  const redis = await startRedis(options);
  const cli = await Workplace.open(redis.url);
  return {
    cli,
    redis,
    async [Symbol.asyncDispose]() {
      await cli[Symbol.asyncDispose]();
      await redis.dispose();
    },
  };
}

/** A place on an embedded store in a folder of its own. */
export async function embeddedPlace(): Promise<Place> {
  const cli = await Workplace.open();
  return {cli, redis: null, [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose]()};
}

/** Opens the program in a terminal; with no words it is the console. */
export function openProgram(
  {cli}: Pick<Place, 'cli'>,
  argv: readonly string[] = [],
  {env = {}, ...options}: TerminalOptions = {},
): TestTerminal {
  return new TestTerminal([process.execPath, inject('program'), ...argv], {
    timeout: PATIENCE_MS,
    ...options,
    env: cli.environment(env),
    cwd: cli.folder,
  });
}

/** A console that shows the release. */
export async function openConsole(
  place: Pick<Place, 'cli'>,
  argv: readonly string[] = [],
  options: TerminalOptions = {},
): Promise<TestTerminal> {
  const console = openProgram(place, argv, options);
  await console.until('PROD');
  return console;
}

/** Starts the release that the tests speak of. @throws when it is refused */
export async function startRelease({cli}: Pick<Place, 'cli'>, ...more: string[]): Promise<void> {
  const {exitCode, stderr} = await cli.run('start', VERSION, '--feature', FEATURE, '--yes', ...more);
  if (exitCode !== 0) throw new Error(`start ended with ${exitCode}: ${stderr}`);
}

/** What `status --json` says. */
export interface Status {
  state: string;
  version: string | null;
  release: string | null;
  head: number;
  percent: {set: number; applied: number | null; observed: number | null};
  routers: {live: number | null; confirmed: number | null; silent: number | null};
  sides: Record<'prod' | 'gray', SideStatus>;
  alerts: {id: string; message: string; acknowledgedBy: string | null}[];
}

interface SideStatus {
  requests: number | null;
  errors: number | null;
  errorRate: number | null;
  conversions: number | null;
  responseTime: {p50: number | null; p95: number | null; p99: number | null};
}

export async function statusOf({cli}: Pick<Place, 'cli'>, ...argv: string[]): Promise<Status> {
  return (await cli.json('status', ...argv)) as unknown as Status;
}

/** A commit as `log --json` has it. */
export interface LoggedCommit {
  version: number;
  id: string;
  at: number;
  by: string;
  reason: string | null;
  events: {type: string}[];
}

/** The whole log, as `log --json` tells it. */
export async function logOf({cli}: Pick<Place, 'cli'>): Promise<LoggedCommit[]> {
  const {stdout, stderr, exitCode} = await cli.run('log', '--json');
  if (exitCode !== 0) throw new Error(`log ended with ${exitCode}: ${stderr}`);
  return (JSON.parse(stdout) as {commits: LoggedCommit[]}).commits;
}
