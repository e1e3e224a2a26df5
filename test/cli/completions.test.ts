import {spawnSync} from 'node:child_process';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {completionsFor} from '../../source/cli/command-line/completions.ts';
import {flagsOf} from '../../source/cli/command-line/find-verb.ts';
import {entryOf, written} from '../../source/cli/command-line/flags.ts';
import {VERBS} from '../../source/cli/command-line/verbs.ts';
import {Workplace} from './program.ts';

const built = VERBS.filter(({file}) => file !== null);

/** What bash would offer for these words, the last one still being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `${completionsFor('bash')}
COMP_WORDS=(graydeck "$@")
COMP_CWORD=$(($#))
_graydeck
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const {stdout} = await execa('bash', ['-c', script, 'bash', ...words]);
  return stdout.split('\n').filter(line => line !== '');
}

describe('completions', () => {
  test.for(['bash', 'zsh', 'fish'] as const)('for %s are printed whole', async shell => {
    await using place = await Workplace.open();
    const {exitCode, stdout} = await place.run('completions', shell);
    expect(exitCode).toBe(0);
    expect(`${stdout}\n`).toBe(completionsFor(shell));
    for (const {name} of built) expect(stdout).toContain(name.split(' ').at(-1));
  });

  test.for(['bash', 'zsh', 'fish'] as const)('for %s hold no mistake of grammar', async (shell, {skip}) => {
    if (spawnSync(shell, ['--version']).error !== undefined) skip(`${shell} is not installed`);
    await using place = await Workplace.open();
    const script = await place.file(`completions.${shell}`, completionsFor(shell));
    const {exitCode, stderr} = await execa(shell, ['-n', script], {cwd: place.folder, reject: false});
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''});
  });

  test.for(['zsh', 'fish'] as const)('for %s describe a flag in the words of its help', shell => {
    expect(completionsFor(shell)).toContain(entryOf('window').help);
  });

  test('bash offers every verb that is built, and none that is not', async () => {
    const words = await offered('');
    for (const {name, file} of VERBS) {
      const isOffered = words.includes(name.split(' ')[0]!);
      expect({name, isOffered}).toEqual({name, isOffered: file !== null});
    }
  });

  test('bash offers what may follow', async () => {
    expect(await offered('roll')).toEqual(['rollback']);
    expect(await offered('audience', '')).toEqual(
      expect.arrayContaining(['show', 'include', 'deny', 'remove']),
    );
    expect(await offered('alert', '')).toEqual(
      expect.arrayContaining(['info', 'warning', 'critical', 'ack', 'silence']),
    );
    expect(await offered('wait', '--for', 'rolled')).toEqual(['rolled_back']);
    expect(await offered('--lang', '')).toEqual(['en', 'zh']);
  });

  test.for(built.map(verb => [verb.name, verb] as const))(
    'bash offers every flag of %s',
    async ([name, verb]) => {
      const flags = await offered(name.split(' ')[0]!, '--');
      expect(flags).toEqual(expect.arrayContaining(flagsOf(verb).map(written)));
    },
  );
});
