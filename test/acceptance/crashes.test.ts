import {readFile} from 'node:fs/promises';
import {describe, expect, inject, test} from 'vitest';
import {redisMissing} from '../servers/redis.ts';
import {codeOfSignal, TestTerminal} from '../terminal/open.ts';
import {
  embeddedPlace,
  logOf,
  openConsole,
  openProgram,
  redisPlace,
  startRelease,
  statusOf,
  type Place,
} from './place.ts';
import {entry, xadd} from './writer.ts';
import {eventually} from '../patience.ts';

const stores = [
  ['Redis', redisPlace],
  ['the embedded store', embeddedPlace],
] as const;
const usable = stores.filter(([name]) => name !== 'Redis' || !redisMissing);

/** What must be the same after a crash: not the clock, not the window. */
async function standing(place: Place) {
  const {state, version, release, head, percent, alerts} = await statusOf(place);
  return {state, version, release, head, set: percent.set, alerts, log: await logOf(place)};
}

describe.each(usable)('kill -9 of a console on %s', (_store, open) => {
  test('changes nothing: another one shows the same and goes on', async () => {
    await using place = await open();
    await startRelease(place);
    await using liu = await openConsole(place, ['--by', 'liu']);
    await using chen = await openConsole(place, ['--by', 'chen']);
    liu.press('+');
    await liu.until('RAISE ─');
    liu.press('y');
    await chen.until('10 % set');
    await place.cli.run('alert', 'critical', 'double charges');
    await Promise.all([liu, chen].map(console => console.until('CRITICAL double charges')));
    const before = await standing(place);
    liu.signal('SIGKILL');
    expect(await liu.exit()).toBe(codeOfSignal('SIGKILL'));
    expect(await standing(place)).toEqual(before);
    expect(chen.text()).toContain('10 % set');
    chen.press('-');
    await chen.until('5 % set');
    await using late = await openConsole(place, ['--by', 'wang']);
    await late.until('CRITICAL double charges');
    expect(late.text()).toMatch(/10 % → 5 %.*chen/u);
  });

  test('leaves a terminal in which a new one works, and leaves it clean', async () => {
    await using place = await open();
    await startRelease(place);
    await using shell = new TestTerminal(['bash', '--norc', '--noprofile'], {
      env: place.cli.environment({PS1: 'ready> '}),
      cwd: place.cli.folder,
    });
    await shell.until('ready>');
    const start = `${process.execPath} ${inject('program')} --by liu\r`;
    shell.type(start);
    await shell.until('PROD');
    process.kill(await childOf(shell.pid), 'SIGKILL');
    await shell.until(/Killed|ready> $/u);
    shell.type(start);
    await shell.until(rows => rows.some(row => row.includes('PROD')) && rows.at(-1)!.includes('q quit'));
    shell.press('p');
    await shell.until('PAUSED');
    expect((await statusOf(place)).state).toBe('paused');
    shell.press('q');
    await shell.until('goes on without this console');
    expect(shell.modesLeftOn()).toEqual([]);
  });

  test('in the middle of a rollback leaves everyone on prod, and whoever asks again is told so', async () => {
    await using place = await open();
    await startRelease(place);
    await using liu = await openConsole(place, ['--by', 'liu']);
    await using chen = await openConsole(place, ['--by', 'chen']);
    liu.press('r');
    await liu.until('ROLL BACK ─');
    liu.press('y');
    // As soon as it is written; its steps may be under way.
    await chen.until(/ROLL(?:ING|ED) BACK/u);
    liu.signal('SIGKILL');
    await liu.exit();
    expect((await statusOf(place)).percent.set).toBe(0);
    expect(chen.text()).toContain('0 % set');
    const {exitCode, stdout} = await place.cli.run('rollback', '--no-wait', '--by', 'chen');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/already roll(?:ing|ed) back/u);
    await using late = await openConsole(place);
    expect(late.text()).toMatch(/ROLL(?:ING|ED) BACK.*0 % set/su);
  });
});

describe.skipIf(redisMissing)('kill -9 of redis-server, with an append-only file', () => {
  test('is said on every console; after its restart all is as it was, keys and numbers go on', async () => {
    await using place = await redisPlace({appendonly: true});
    const {redis} = place;
    await startRelease(place);
    await using liu = await openConsole(place, ['--by', 'liu']);
    await using viewer = await openConsole(place, ['--read-only']);
    await using follower = openProgram(place, ['log', '--follow']);
    const sample = (requests: number) => entry({side: 'gray', requests, errors: 0, response_time: 80});
    await xadd(redis.port, [sample(100)]);
    await Promise.all([liu, viewer].map(console => console.until(/100 requests in/u)));
    liu.press('+');
    await liu.until('RAISE ─');
    liu.press('y');
    await Promise.all([liu, viewer].map(console => console.until('10 % set')));
    // The split changed: the numbers begin anew.
    await xadd(redis.port, [sample(40)]);
    await Promise.all([liu, viewer].map(console => console.until(/40 requests in/u)));
    const before = await standing(place);

    await redis.kill();
    await Promise.all([liu, viewer].map(console => console.until(/redis away/u)));
    liu.press('p');
    await liu.until('not done:');
    const {exitCode, stderr} = await place.cli.run('pause');
    expect({exitCode, stderr}).toMatchObject({exitCode: 69});

    await redis.start();
    const restarted = performance.now();
    await Promise.all([liu, viewer].map(console => console.gone(/redis away/u)));
    console.log(`both consoles are back ${Math.round(performance.now() - restarted)} ms after the restart`);
    expect(await standing(place)).toEqual(before);

    liu.press('p');
    await Promise.all([liu, viewer].map(console => console.until('PAUSED')));
    await follower.until('paused');
    await xadd(redis.port, [sample(5)]);
    await Promise.all([liu, viewer].map(console => console.until(/45 requests in/u)));
    expect((await statusOf(place)).sides.gray.requests).toBe(45);
    for (const terminal of [liu, viewer]) {
      terminal.press('q');
      expect(await terminal.exit()).toBe(0);
      expect(terminal.modesLeftOn()).toEqual([]);
    }
  });
});

/** The only child of a shell. */
async function childOf(pid: number): Promise<number> {
  return await eventually(async () => {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const child = Number.parseInt(children, 10);
    if (Number.isNaN(child)) throw new Error('the shell has no child');
    return child;
  });
}
