import {existsSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {checkUse, findVerb} from '../../source/cli/command-line/find-verb.ts';
import {parseArguments} from '../../source/cli/command-line/parse.ts';
import {VERBS} from '../../source/cli/command-line/verbs.ts';
import {Workplace} from './program.ts';

const built = VERBS.filter(({file}) => file !== null);

/** The words of an example as a shell would hand them over, without what the shell itself does. */
function wordsOf(example: string): string[] {
  const typed = example.replace(/^(?:source <\(|cat \S+ \| )?graydeck\b/u, '').replace(/[>)].*$/u, '');
  return [...typed.matchAll(/"(?<quoted>[^"]*)"|(?<plain>\S+)/gu)].map(
    ({groups}) => groups?.['quoted'] ?? groups?.['plain'] ?? '',
  );
}

describe('help', () => {
  test('begins with examples and names every verb', async () => {
    await using place = await Workplace.open();
    const {exitCode, stdout, stderr} = await place.run('--help');
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''});
    expect(stdout).toMatch(/^Examples\n {2}graydeck demo/u);
    for (const {name} of VERBS) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'mu'));
    expect(stdout.split('\n').every(line => line.length <= 120)).toBe(true);
  });

  test.for(VERBS.map(({name}) => name))('is there for %s, without a store', async name => {
    await using place = await Workplace.open('redis://127.0.0.1:1/0');
    const {exitCode, stdout} = await place.run(...name.split(' '), '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`graydeck ${name}`);
  });

  test('tells of all verbs that begin with one word', async () => {
    await using place = await Workplace.open();
    const {stdout} = await place.run('help', 'audience');
    for (const word of ['show', 'include USER', 'deny USER', 'remove USER']) {
      expect(stdout).toContain(`audience ${word}`);
    }
    expect(stdout).not.toContain('rollback');
  });

  test.for(built.flatMap(({examples}) => examples))('the example %s is one that works', async example => {
    const parsed = await parseArguments(wordsOf(example), {});
    const found = findVerb(parsed.words);
    expect(() => checkUse(found, parsed)).not.toThrow();
    expect(found.verb.examples).toContain(example);
  });

  test.for(built)('$name is where the table says', ({file}) => {
    expect(existsSync(new URL(`../../source/cli/verbs/${file}.ts`, import.meta.url))).toBe(true);
  });

  test('lists the topics of the manual, and shows one wrapped to the width', async () => {
    await using place = await Workplace.open();
    const {stdout} = await place.run('help');
    expect(stdout).toMatch(/^ {2}redis +Redis in production/mu);
    const page = await place.runWith({env: {COLUMNS: '60'}}, 'help', 'redis');
    expect(page).toMatchObject({exitCode: 0, stderr: ''});
    expect(page.stdout).toMatch(/^Redis in production/u);
    const isCode = (line: string) => line.startsWith('    ');
    expect(page.stdout.split('\n').filter(line => line.length > 60 && !isCode(line))).toEqual([]);
  });

  test('takes another word for a topic, and names the nearest one', async () => {
    await using place = await Workplace.open();
    expect((await place.run('help', 'tls')).stdout).toMatch(/^Redis in production/u);
    const {exitCode, stderr} = await place.run('help', 'trubleshooting');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('did you mean graydeck help troubleshooting?');
  });

  test('of a word that is a topic and a verb shows the topic and names the verb', async () => {
    await using place = await Workplace.open();
    const {stdout} = await place.run('help', 'guard');
    expect(stdout).toMatch(/^Guard: /u);
    expect(stdout).toContain('graydeck guard --help');
    expect((await place.run('help', 'plan', 'check')).stdout).toContain('graydeck plan check FILE');
    expect(await place.json('help', 'guard')).toMatchObject({schema: 'graydeck.help/1', topic: 'guard'});
  });
});
