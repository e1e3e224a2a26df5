import {randomUUID} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Commit} from '../../source/release/commit.ts';
import {openStore} from '../../source/store/open.ts';
import {ODD_NAMES} from '../odd-names.ts';
import {redisMissing} from '../servers/redis.ts';
import {FEATURE, openProgram, redisPlace, startRelease, statusOf, type Place} from './place.ts';
import {xadd} from './writer.ts';

const odd = ODD_NAMES.flatMap(name => [name, '1']);

/** No verb may end with a mistake of the program, whatever the names are. */
async function runs(place: Place, ...argv: string[]): Promise<string> {
  const {stdout, stderr, exitCode} = await place.cli.run(...argv);
  expect({
    argv,
    exitCode,
    wrong: /TypeError|\[native code\]|NaN|undefined/u.exec(stdout + stderr)?.[0],
  }).toEqual({
    argv,
    exitCode: 0,
    wrong: undefined,
  });
  return stdout;
}

/** Appends a commit whose events a newer version may have written, and a trouble that a router may report. */
async function forge(place: Place & {redis: {url: string}}): Promise<void> {
  const store = await openStore(place.redis.url, 'operator', {env: {}});
  const {log} = store.feature(FEATURE);
  const head: Commit = (await log.head())!;
  const events = ODD_NAMES.map(name => ({type: name, ignorable: true}));
  await log.append({...head, version: head.version + 1, id: randomUUID(), parent: head.id, events});
  await store.close();
}

describe.skipIf(redisMissing)('names that every object has', () => {
  test('as metrics, instances, people, events and troubles, reach every screen and document', async () => {
    await using place = await redisPlace();
    const {port, admin} = place.redis;
    await startRelease(place);
    for (const name of ODD_NAMES) {
      const report = {name, kind: 'sdk', version: 1, release: null, percent: 5, live: true, boundMs: 1000};
      await admin.hset(
        `graydeck:{${FEATURE}}:routers`,
        name,
        JSON.stringify({...report, at: Date.now(), trouble: `${name}: ${name}`}),
      );
      await runs(place, 'feedback', 'submit', 'bug', name, '--user', name);
      await runs(place, 'audience', 'include', name, '--yes');
      await runs(place, 'audience', 'deny', name, '--yes');
    }
    await forge(place);
    // What was decided on an older split counts no more.
    await xadd(port, [
      ['side', 'gray', 'requests', '5', ...odd],
      ['side', 'prod', 'requests', '5', 'errors', '1'],
      ...ODD_NAMES.flatMap(name => [
        ['side', 'gray', 'requests', '1', 'instance', name, 'seq', '1'],
        ['side', 'gray', 'requests', '1', `errors.${name}`, '1', `uses.${name}`, '1'],
      ]),
    ]);
    const {sides} = await statusOf(place);
    expect(sides.gray.requests).toBe(5 + 2 * ODD_NAMES.length);
    for (const lang of ['en', 'zh']) {
      await using console = openProgram(place, ['--lang', lang], {columns: 140, rows: 60});
      await console.until('constructor');
      console.press('q');
      expect(await console.exit()).toBe(0);
      for (const verb of ['status', 'log', 'report']) {
        await runs(place, verb, '--lang', lang);
        await runs(place, verb, '--lang', lang, ...(verb === 'report' ? ['--format', 'html'] : ['--json']));
      }
    }
    await runs(place, 'feedback', 'stats', '--json');
    await runs(place, 'audience', 'show');
    await runs(place, 'split', 'render', '--format', 'json');
  });

  test('as attributes, headers and cookies are explained', async () => {
    await using place = await redisPlace();
    await startRelease(place);
    for (const name of ODD_NAMES) {
      const pairs = ['attr', 'header', 'cookie'].flatMap(flag => [
        `--${flag}`,
        `${name}=x`,
        `--${flag}`,
        `${name}=y`,
      ]);
      expect(JSON.parse(await runs(place, 'explain', name, '--json', ...pairs))).toMatchObject({user: name});
    }
  });

  test('as keys of YAML are read or refused with their place', async () => {
    await using place = await redisPlace();
    await startRelease(place);
    for (const name of ODD_NAMES) {
      const config = `metrics:\n  ${name}: {type: gauge}\nfeatures:\n  ${name}: null\n${name}: 1\nnginx: {${name}: 1}\n`;
      await writeFile(join(place.cli.folder, 'graydeck.yaml'), config);
      const {exitCode, stderr} = await place.cli.run('status');
      expect({name, exitCode, wrong: /TypeError/u.exec(stderr)?.[0]}).toEqual({
        name,
        exitCode: 2,
        wrong: undefined,
      });
      expect(stderr).toMatch(/graydeck\.yaml:\d+:\d+/u);
      await writeFile(join(place.cli.folder, 'graydeck.yaml'), '');
      const plan =
        `${name}: 1\ngroups: {${name}: {${name}: ${name}}}\nhooks: {${name}: [x]}\n` +
        `phases: [{name: ${name}, percent: 5, audience: ${name}, criteria: ["${name} < 5 %"], ${name}: 2}]\n`;
      await writeFile(join(place.cli.folder, 'plan.yaml'), plan);
      const checked = await place.cli.run('plan', 'check', 'plan.yaml');
      expect({name, exitCode: checked.exitCode}).toEqual({name, exitCode: 2});
      expect(checked.stdout + checked.stderr).not.toMatch(/TypeError|native code/u);
    }
  });

  test('as words of the command line are refused with the way to say it', async () => {
    await using place = await redisPlace();
    await startRelease(place);
    for (const name of ODD_NAMES)
      for (const argv of [
        [name],
        ['status', '--lang', name],
        ['report', '--format', name],
        ['help', name],
        ['acl', name],
        ['completions', name],
        ['alert', name, 'x'],
        ['alert', 'ack', name],
        ['feedback', 'submit', name, 'x'],
        ['split', 'render', '--format', name],
        ['wait', '--for', name],
        ['retry', name],
      ]) {
        const {stderr, exitCode} = await place.cli.run(...argv);
        expect({argv, wrong: /TypeError|native code|undefined/u.exec(stderr)?.[0]}).toEqual({
          argv,
          wrong: undefined,
        });
        expect({argv, exitCode}).not.toEqual({argv, exitCode: 1});
      }
  });
});
