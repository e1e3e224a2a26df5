import type {Redis} from 'ioredis';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {VERBS} from '../../source/cli/command-line/verbs.ts';
import {KEYMAP, type Binding} from '../../source/console/keys/keymap.ts';
import {redisMissing} from '../servers/redis.ts';
import type {Ran} from '../cli/program.ts';
import {Workplace} from '../cli/program.ts';
import {FEATURE, openConsole, openProgram, redisPlace, startRelease, statusOf, type Place} from './place.ts';
import {entry, xadd} from './writer.ts';

const PASSWORD = 'a-secret-of-the-tests';
const ROLES = ['viewer', 'app', 'agent', 'operator'] as const;
type Role = (typeof ROLES)[number];

/** What is typed after the words of each verb that changes something. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  start: ['v2.0.0', '--supersede'],
  set: ['3'],
  complete: ['--confirm', 'v1.1.0'],
  'audience include': ['u-1'],
  'audience deny': ['u-1'],
  'audience remove': ['u-1'],
  alert: ['info', 'hello'],
  'alert ack': ['a-none'],
  'alert silence': ['hello', '--for', '1m'],
  'feedback submit': ['bug', 'slow'],
  freeze: ['--until', '2h', '--reason', 'audit'],
};
/** All but guard and agent, which go on until they are told to go: they have tests of their own. */
const mutating = VERBS.filter(
  ({changes, file, isLasting}) => changes && file !== null && isLasting !== true,
).map(({name}) => name);
/** These ask for no right: of a release that rolls they change nothing, and `init` writes files alone. */
const IDLE = new Set([
  'init',
  'resume',
  'retry',
  'alert ack',
  'audience remove',
  'enable',
  'freeze lift',
  'approve',
  'share revoke',
]);
const typed = (verb: string) => [...verb.split(' '), ...(ARGUMENTS[verb] ?? [])];

/** What stands on the screen once these have opened something. */
const OPENS: Partial<Record<Binding['action'], RegExp>> = {
  chart: /ERROR RATE(?![^\n]*\n[^\n]*PROD)/u,
  filter: /FILTER/u,
  palette: /ACTIONS ─/u,
  help: /KEYS ─/u,
};

describe.skipIf(redisMissing)('with the rights that graydeck acl prints', () => {
  let place: Place & {redis: {port: number; admin: Redis}};

  /** The program's environment as the Redis user of a role; the password comes apart from the address. */
  const as = (role: Role) => ({
    GRAYDECK_STORE: `redis://graydeck-${role}@127.0.0.1:${place.redis.port}/0`,
    GRAYDECK_STORE_PASSWORD: PASSWORD,
  });
  const runAs = async (role: Role, ...argv: string[]): Promise<Ran> =>
    await place.cli.runWith({env: as(role)}, ...argv);

  beforeAll(async () => {
    await using nowhere = await Workplace.open();
    const lines = await Promise.all(
      ROLES.map(async role => (await nowhere.run('acl', role)).stdout.replaceAll('PASSWORD', PASSWORD)),
    );
    place = await redisPlace({acl: ['user default on nopass ~* &* +@all', ...lines]});
    await startRelease(place, '--over', 'v1.0.9');
  });

  afterAll(() => place[Symbol.asyncDispose]());

  test('a viewer sees numbers, chart and log, and no key and no verb writes anything', async () => {
    const {admin, port} = place.redis;
    const sample = (side: string, requests: number) =>
      entry({side, requests, errors: requests / 50, conversions: 1, response_time: 80});
    await xadd(port, [sample('prod', 950), sample('gray', 50)]);
    const before = await contents(admin);
    await admin.acl('LOG', 'RESET');
    const monitor = await admin.monitor();
    const commands = new Set<string>();
    monitor.on('monitor', (_time: string, [name = '']: string[]) => commands.add(name.toLowerCase()));

    await using console = await openConsole(place, ['--read-only'], {env: as('viewer')});
    // How many requests they are is said only while they are of now, which a busy machine may miss.
    await console.until(/error rate +2\.00 %.*error rate +2\.00 %/u);
    expect(console.text()).toContain('started v1.1.0 over v1.0.9');
    expect(console.text()).toContain('READ-ONLY');
    let mark = 'u';
    /** All keys so far have come to the console: it answers one that does nothing. */
    const isTaken = async (): Promise<void> => {
      mark = mark === 'u' ? 'U' : 'u';
      console.press(mark);
      await console.until(`${mark} does nothing here`);
    };
    for (const {action, keys, changes} of KEYMAP) {
      if (action === 'quit' || action === 'back') continue;
      for (const key of keys) {
        console.press(key);
        if (changes) await console.until(`› ${key}: this console only reads`);
        const sight = OPENS[action];
        if (sight !== undefined) {
          await console.until(sight);
          // No action is offered that changes something.
          await console.gone('roll back');
          console.press('Escape');
        } else if (key === 'Enter') console.press('Escape');
        // More than eight keys that a busy console reads at once would be a paste.
        await isTaken();
      }
    }
    for (const key of ['y', 'Enter', 'Enter', 'Escape']) console.press(key);
    await isTaken();

    for (const verb of mutating) {
      const {exitCode, stdout, stderr} = await runAs('viewer', ...typed(verb), '--read-only', '--yes');
      expect({verb, exitCode, stdout}).toEqual({verb, exitCode: 2, stdout: ''});
      expect(stderr).toMatch(/^graydeck: .+ changes something, and --read-only forbids that\.\n {2}→ .+$/u);
    }
    for (const verb of [['status'], ['status', '--json'], ['log'], ['audience', 'show']]) {
      expect(await runAs('viewer', ...verb, '--read-only')).toMatchObject({exitCode: 0});
    }
    console.press('q');
    expect(await console.exit()).toBe(0);

    monitor.disconnect();
    expect(await contents(admin)).toEqual(before);
    expect(await writing(admin, [...commands])).toEqual([]);
    // It has read, and it has asked for nothing that it may not do.
    expect([...commands]).toEqual(expect.arrayContaining(['xread', 'xrange', 'hvals']));
    expect(await admin.acl('LOG')).toEqual([]);
  });

  test.for(ROLES.filter(role => role !== 'operator'))(
    'each verb that changes something tells the %s in a sentence what is missing',
    async role => {
      const before = await contents(place.redis.admin);
      const asked = mutating.filter(one => !IDLE.has(one));
      // People's feedback is what apps are there for.
      for (const verb of asked.filter(one => role === 'viewer' || one !== 'feedback submit')) {
        const {exitCode, stdout, stderr} = await runAs(role, ...typed(verb), '--yes');
        expect({verb, exitCode, stdout}).toEqual({verb, exitCode: 1, stdout: ''});
        expect(stderr).toMatch(/^graydeck: This user may not .+\.\n {2}→ .*graydeck acl operator.*$/u);
        expect(stderr).not.toContain(PASSWORD);
      }
      expect(await contents(place.redis.admin)).toEqual(before);
    },
  );

  test.for<[string, string[]]>([
    ['every feature', []],
    ['one feature', ['--feature', FEATURE]],
  ])(
    'a guard without the rights of an operator ends with a fault that says who has them: over %s',
    async ([, flags]) => {
      const {exitCode, stdout, stderr} = await runAs('viewer', 'guard', ...flags);
      expect({exitCode, stdout}).toEqual({exitCode: 1, stdout: ''});
      expect(stderr).toMatch(/^graydeck: This user may not .+\.\n {2}→ .*graydeck acl operator.*$/mu);
      expect(stderr).not.toContain(PASSWORD);
    },
  );

  test('a guard with the rights of an operator acts, and hands over when it is told to', async () => {
    await using allowed = openProgram(place, ['guard', '--feature', FEATURE], {env: as('operator')});
    await allowed.until('this is the guard now');
    allowed.signal('SIGTERM');
    expect([0, 143]).toContain(await allowed.exit());
  });

  test('an app and an agent may write samples, and still not the log', async () => {
    const {port} = place.redis;
    const {execa} = await import('execa');
    for (const role of ['app', 'agent']) {
      const say = async (...words: string[]) =>
        (
          await execa('redis-cli', ['-p', String(port), '--user', `graydeck-${role}`, ...words], {
            env: {REDISCLI_AUTH: PASSWORD},
          })
        ).stdout;
      const key = (name: string) => `graydeck:{${FEATURE}}:${name}`;
      expect(await say('XADD', key('metrics'), '*', 'side', 'gray', 'requests', '1')).toMatch(/^\d+-\d+$/u);
      expect(await say('XADD', key('log'), '*', 'side', 'gray')).toContain('NOPERM');
    }
  });

  test('an operator can do every verb', async () => {
    const run = async (...argv: string[]) => await runAs('operator', ...argv);
    const feature = ['--feature', 'refunds'];
    await place.cli.file(
      'one.yaml',
      'phases:\n  - {name: some, percent: 10}\n  - {name: all, percent: 100}\n',
    );
    const all: string[][] = [
      ['start', 'v2', '--plan', 'one.yaml', '--yes'],
      ['set', '20', '--yes'],
      ['pause'],
      ['resume'],
      ['audience', 'include', 'u-1', '--yes'],
      ['audience', 'deny', 'u-2'],
      ['audience', 'remove', 'u-2', '--yes'],
      ['alert', 'warning', 'slow'],
      ['alert', 'silence', 'slow', '--for', '1m'],
      ['feedback', 'submit', 'bug', 'slow'],
      ['next', '--yes', '--confirm', 'v2'],
      ['complete', '--confirm', 'v2'],
      ['rollback'],
      ['start', 'v3', '--plan', 'one.yaml', '--yes'],
      ['rollback', '--reason', 'enough'],
      ['status'],
      ['log'],
      ['wait', '--for', 'rolled_back'],
      ['audience', 'show'],
    ];
    for (const words of all) {
      const {exitCode, stderr} = await run(...words, ...feature);
      expect({words, exitCode, stderr}).toMatchObject({words, exitCode: 0});
    }
    const {alerts} = await statusOf(place, ...feature);
    expect(await run('alert', 'ack', alerts[0]!.id, ...feature)).toMatchObject({exitCode: 0});
    // Retry has nothing to do here: it is refused by the state, not by the server.
    expect(await run('retry', ...feature)).toMatchObject({exitCode: 3});
  });
});

/** Every key with its value as the server would move it. */
async function contents(admin: Redis): Promise<Record<string, string>> {
  const keys = await admin.keys('*');
  const values = await Promise.all(
    keys.map(async key => [key, (await admin.dumpBuffer(key))?.toString('hex')]),
  );
  return Object.fromEntries(values) as Record<string, string>;
}

/** Those of the commands that change keys, or ring a bell. */
async function writing(admin: Redis, names: string[]): Promise<string[]> {
  const known = (await admin.command('INFO', ...names)) as [string, number, string[]][];
  return known.flatMap(([name, , flags]) => (flags.includes('write') || name === 'publish' ? [name] : []));
}
