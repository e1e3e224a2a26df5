import {describe, expect, test} from 'vitest';
import {parseArguments} from '../../source/cli/command-line/parse.ts';

const parse = (...argv: string[]) => parseArguments(argv, {});

describe('the command line', () => {
  test('is words and flags in any order', async () => {
    const before = await parse('--json', 'set', '5', '--by', 'liu');
    const after = await parse('set', '--by=liu', '5', '--json');
    expect(before).toMatchObject({words: ['set', '5'], flags: {json: true, by: 'liu', yes: false}});
    expect(after.words).toEqual(before.words);
    expect(after.flags).toEqual(before.flags);
  });

  test('leaves what is not given as it is by itself: waiting and colour are on, the rest is off', async () => {
    const {flags} = await parse('rollback');
    expect(flags).toMatchObject({wait: true, color: true, json: false, yes: false, readOnly: false});
    expect(flags).not.toHaveProperty('feature');
    expect((await parse('rollback', '--no-wait', '--no-color')).flags).toMatchObject({
      wait: false,
      color: false,
    });
  });

  test('takes a value that begins with a dash, and a negative number as a word', async () => {
    expect(await parse('start', 'v1', '--plan', '-')).toMatchObject({
      words: ['start', 'v1'],
      flags: {plan: '-'},
    });
    expect((await parse('pause', '--reason', '-5 % sales')).flags.reason).toBe('-5 % sales');
    expect((await parse('set', '-1', '--yes')).words).toEqual(['set', '-1']);
    expect((await parse('plan', 'check', '-')).words).toEqual(['plan', 'check', '-']);
  });

  test('takes no flag for the value of another', async () => {
    await expect(parse('status', '--by', '--json')).rejects.toThrow('--by needs a value');
  });

  test('takes everything after -- as it stands', async () => {
    expect(await parse('alert', 'info', '--', '--no-wait')).toMatchObject({
      words: ['alert', 'info', '--no-wait'],
      given: [],
      flags: {wait: true},
    });
  });

  test('takes values from the environment where no flag gives them', async () => {
    const env = {GRAYDECK_FEATURE: 'pay', GRAYDECK_BY: 'ops', GRAYDECK_CONFIG: ''};
    expect((await parseArguments(['status'], env)).flags).toMatchObject({feature: 'pay', by: 'ops'});
    expect((await parseArguments(['status', '--feature', 'card'], env)).flags.feature).toBe('card');
    expect((await parseArguments(['status'], env)).flags).not.toHaveProperty('config');
  });

  test('takes names of objects for nothing but unknown flags', async () => {
    const {flags, unknown} = await parse('status', '--__proto__', 'x', '--constructor', 'y');
    expect(unknown?.message).toContain('__proto__');
    expect(Object.getPrototypeOf(flags)).toBe(Object.prototype);
    expect(Object.hasOwn(flags, 'constructor')).toBe(false);
  });
});
