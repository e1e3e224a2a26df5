import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {Commit} from '../../source/release/commit.ts';
import type {Event} from '../../source/release/event.ts';
import {runFile, type Child} from '../store/child.ts';

/** The program itself, from its source. */
const PROGRAM = new URL('../../source/cli/main.ts', import.meta.url).pathname;

/** A configuration that lets the hooks of the tests run, which are programs of this Node: their releases start elsewhere. */
const folder = mkdtempSync(join(tmpdir(), 'graydeck-guard-'));
const CONFIG = join(folder, 'graydeck.yaml');
writeFileSync(CONFIG, `hooks: {allow: [${JSON.stringify(process.execPath)}]}\n`);
process.once('exit', () => rmSync(folder, {recursive: true, force: true}));

/** A headless guard in a process of its own. */
export interface Watchman {
  name: string;
  child: Child;
  /** What it has told of itself, oldest first. */
  roles(): string[];
  signal(signal: NodeJS.Signals): void;
}

export function startGuard(
  address: string,
  name: string,
  feature: string,
  args: readonly string[] = [],
  program: string = PROGRAM,
): Watchman {
  const config = args.includes('--config') ? [] : ['--config', CONFIG];
  const flags = ['--store', address, ...config, '--by', name, '--json', '--feature', feature];
  const child = runFile(program, ['guard', ...flags, ...args]);
  return {
    name,
    child,
    roles: () =>
      child.lines
        .map(line => JSON.parse(line) as {schema: string; role?: string})
        .flatMap(({schema, role}) => (schema === 'graydeck.guard/1' && role !== undefined ? [role] : [])),
    signal: signal => void child.process.kill(signal),
  };
}

/** An event with who told it, when and why. */
type EventAt<E extends Event = Event> = E extends Event
  ? Omit<E, 'by' | 'at' | 'reason'> & {by: string; at: number; reason: string | null}
  : never;

export function eventsOf(commits: readonly Commit[]): EventAt[] {
  return commits.flatMap(({events, by, at, reason}) =>
    events.map(event => ({...(event as Event), by, at, reason})),
  );
}

/** Who has the guard at the end of a log; null: nobody has taken it. */
export function guardOf(commits: readonly Commit[]): string | null {
  return eventsOf(commits).findLast(({type}) => type === 'guard-taken')?.by ?? null;
}

/**
 * The log itself proves it: whatever a guard commanded, it commanded under the newest epoch; and no step was begun again
 * once its outcome was known.
 */
export function oneActsAtATime(commits: readonly Commit[], names: readonly string[]): void {
  let holder: string | null = null;
  const ended = new Set<string>();
  for (const {by, version, events} of commits) {
    const guard = names.find(name => by === name || by.startsWith(`${name}, `));
    for (const event of events as Event[]) {
      if (event.type === 'guard-taken') holder = by;
      else if (guard !== undefined)
        expect({version, type: event.type, guard}).toEqual({version, type: event.type, guard: holder});
      if (event.type === 'step-ended') ended.add(`${event.release} ${event.step}`);
      if (event.type === 'step-started')
        expect(ended.has(`${event.release} ${event.step}`), `${event.step} began again in ${version}`).toBe(
          false,
        );
    }
  }
}
