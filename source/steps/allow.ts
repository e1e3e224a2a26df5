import {access, constants, mkdir, readFile, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {delimiter, join, resolve} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {isRecord} from '../release/shape.ts';
import type {Plan} from '../release/plan.ts';
import type {Release} from '../release/state.ts';

/** What this host may run for releases. */
export interface AllowList {
  /** Whole paths of programs; `*` stands for any part of one name. */
  patterns: readonly string[];
  /** Folder where releases that were started on this very host are remembered. */
  folder: string;
}

/** Every command of a plan: its hooks, their checks, and the hooks and gates of its phases. */
export function commandsOf({hooks, phases}: Pick<Plan, 'hooks' | 'phases'>): string[][] {
  const all = [
    ...Object.values(hooks),
    ...phases.flatMap(({before, after, confirm}) => [before, after, confirm]),
  ];
  return all.flatMap(hook =>
    hook === undefined ? [] : [hook.argv, ...(hook.check === null ? [] : [hook.check])],
  );
}

/** Remembers that a person started this plan on this host, so that its commands count as listed here. */
export async function rememberStart(folder: string, release: string, plan: Plan): Promise<void> {
  const commands = commandsOf(plan);
  if (commands.length === 0) return;
  await mkdir(folder, {recursive: true, mode: 0o700});
  await writeFile(fileOf(folder, release), JSON.stringify({release, commands}), {mode: 0o600, flag: 'wx'});
}

/**
 * Why this host does not run a command; null: its program is listed, or the very command belongs to a plan that was
 * started here. A user who may write to the store names the programs of a plan, and must not choose what runs on this host.
 */
export async function whyUnlisted(
  {patterns, folder}: AllowList,
  argv: readonly string[],
  release: Pick<Release, 'id'>,
): Promise<string | null> {
  const program = argv[0] ?? '';
  const path = await pathOf(program);
  if (path !== null && patterns.some(pattern => fits(pattern, path))) return null;
  if ((await startedHere(folder, release.id)).some(command => isDeepStrictEqual(command, argv))) return null;
  return (
    `${program} is not listed on ${hostname()}, and the release was not started here: ` +
    'list it in graydeck.yaml (hooks: {allow: [PATH]}), then graydeck retry'
  );
}

async function startedHere(folder: string, release: string): Promise<unknown[]> {
  try {
    const read: unknown = JSON.parse(await readFile(fileOf(folder, release), 'utf8'));
    return isRecord(read) && Array.isArray(read['commands']) ? read['commands'] : [];
  } catch {
    return [];
  }
}

/** An id may hold anything, and a name of a file may not. */
function fileOf(folder: string, release: string): string {
  return join(folder, `${Buffer.from(release).toString('hex')}.json`);
}

/** Where the system would find a program; null: nowhere. */
async function pathOf(program: string): Promise<string | null> {
  if (program.includes('/')) return resolve(program);
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = resolve(folder === '' ? '.' : folder, program);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

function fits(pattern: string, path: string): boolean {
  const [wanted, found] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === found.length &&
    wanted.every((part, index) => {
      const words = part.split('*').map(word => word.replaceAll(/[$()+.?[\\\]^{|}]/gu, String.raw`\$&`));
      return new RegExp(`^${words.join('[^/]*')}$`, 'u').test(found[index] ?? '');
    })
  );
}
