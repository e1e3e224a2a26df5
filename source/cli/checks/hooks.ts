import {access, constants, stat} from 'node:fs/promises';
import {delimiter, join, resolve} from 'node:path';
import {plainText} from '../../text/plain-text.ts';
import type {Plan} from '../../release/plan.ts';
import {fine, wrong, type Finding} from './finding.ts';

const CHECK = 'hooks';

/** Whether each program that the plan's hooks name is there and may be run, here and by this user. */
export async function checkHooks({hooks, phases}: Pick<Plan, 'hooks' | 'phases'>): Promise<Finding[]> {
  const ofPhases = phases.flatMap(({name, before, after, confirm}) =>
    Object.entries({before, after, confirm}).flatMap(([when, hook]) =>
      hook === undefined ? [] : [[`${plainText(name, 40)}, ${when}`, hook] as const],
    ),
  );
  const named = [...Object.entries(hooks), ...ofPhases].flatMap(([name, hook]) => [
    {name, program: hook.argv[0] ?? ''},
    ...(hook.check === null ? [] : [{name: `${name}, check`, program: hook.check[0] ?? ''}]),
  ]);
  if (named.length === 0) return [];
  const found = await Promise.all(named.map(async one => ({...one, state: await stateOf(one.program)})));
  const bad = found.filter(({state}) => state !== 'runs');
  if (bad.length === 0) return [fine(CHECK, `all programs are there: ${names(found)}`)];
  return bad.map(({name, program, state}) => {
    const shown = plainText(program, 120);
    return state === 'missing'
      ? wrong(CHECK, `${name}: ${shown} was not found`, 'put it there, or correct hooks: in the plan')
      : wrong(CHECK, `${name}: ${shown} is not executable`, `chmod +x ${shown}`);
  });
}

function names(found: readonly {name: string}[]): string {
  return found.map(({name}) => name).join(', ');
}

/** As the system would look for it: a path from here, or a name in PATH. */
async function stateOf(program: string): Promise<'runs' | 'missing' | 'not-executable'> {
  const places = program.includes('/')
    ? [resolve(program)]
    : (process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder === '' ? '.' : folder, program));
  let isThere = false;
  for (const place of places) {
    const kind = await stat(place).catch(() => null);
    if (kind === null || !kind.isFile()) continue;
    isThere = true;
    const mayRun = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (mayRun) return 'runs';
  }
  return isThere ? 'not-executable' : 'missing';
}
