import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect, test, vi} from 'vitest';
import type {StatusDocument} from '../../source/monitor/status-document.ts';
import {redisMissing} from '../servers/redis.ts';
import {embeddedPlace, FEATURE, logOf, redisPlace, startRelease, type Place} from './place.ts';

interface Finding {
  check: string;
  level: 'fine' | 'doubt' | 'wrong';
  text: string;
  remedy: string;
}

async function examine({
  cli,
}: Pick<Place, 'cli'>): Promise<{findings: Finding[]; exitCode: number | undefined}> {
  const {stdout, exitCode} = await cli.run('doctor', '--json');
  return {findings: (JSON.parse(stdout) as {findings: Finding[]}).findings, exitCode};
}

const of = (findings: readonly Finding[], check: string) => findings.filter(one => one.check === check);

describe.skipIf(redisMissing)('the doctor on a store that runs', () => {
  test('finds nothing wrong with a healthy one, and says what to do about the rest', async () => {
    await using place = await redisPlace();
    await startRelease(place);
    const {findings, exitCode} = await examine(place);
    expect(exitCode).toBe(0);
    expect(of(findings, 'log').map(({level, text}) => [level, text])).toEqual([
      ['fine', expect.stringContaining('follows from the one before') as string],
      ['fine', expect.stringContaining('a rollback can be written') as string],
    ]);
    expect(of(findings, 'clocks')).toEqual([expect.objectContaining({level: 'fine'})]);
    for (const {level, remedy} of findings) expect(remedy === '').toBe(level === 'fine');
  });

  test('tells that a server throws logs away when its memory runs out', async () => {
    await using place = await redisPlace();
    await startRelease(place);
    await execa('redis-cli', ['-p', String(place.redis.port), 'CONFIG', 'SET', 'maxmemory', '100mb']);
    await execa('redis-cli', [
      '-p',
      String(place.redis.port),
      'CONFIG',
      'SET',
      'maxmemory-policy',
      'allkeys-lru',
    ]);
    const {findings, exitCode} = await examine(place);
    expect(exitCode).toBe(1);
    expect(of(findings, 'store')).toContainEqual(
      expect.objectContaining({level: 'wrong', remedy: expect.stringContaining('noeviction') as string}),
    );
  });

  test('finds an entry that stands in the way of the log, and moves it aside when told to', async () => {
    await using place = await redisPlace();
    const {cli, redis} = place;
    await startRelease(place);
    const head = (await logOf(place)).at(-1)!.version;
    const key = `graydeck:{${FEATURE}}:log`;
    await execa('redis-cli', [
      '-p',
      String(redis.port),
      'XADD',
      key,
      `${head + 1}-0`,
      'commit',
      '{"forged":true}',
    ]);

    const before = await examine(place);
    expect(before.exitCode).toBe(1);
    expect(of(before.findings, 'log')).toEqual([
      expect.objectContaining({level: 'wrong', remedy: 'graydeck doctor --repair-log'}),
      expect.objectContaining({level: 'doubt', remedy: 'graydeck doctor --repair-log'}),
    ]);

    const repaired = await cli.run('doctor', '--repair-log');
    expect(repaired.exitCode).toBe(0);
    expect(of((await examine(place)).findings, 'log').map(({level}) => level)).toEqual(['fine', 'fine']);
    expect((await logOf(place)).at(-1)!.version).toBe(head + 1);
    const aside = await execa('redis-cli', ['-p', String(redis.port), 'XLEN', `graydeck:{${FEATURE}}:aside`]);
    expect(aside.stdout).toBe('1');
  });
});

describe.skipIf(redisMissing)('a sample with the last id that a stream can have', () => {
  test('is named by status and the doctor, who lets the stream go on', async () => {
    await using place = await redisPlace();
    await startRelease(place);
    const key = `graydeck:{${FEATURE}}:metrics`;
    const add = (id: string) =>
      execa('redis-cli', ['-p', String(place.redis.port), 'XADD', key, id, 'side', 'gray', 'requests', '1']);
    await add('*');
    await add('18446744073709551615-18446744073709551615');
    expect((await add('*')).stdout).toContain('ERR');

    const status = async () => JSON.parse((await place.cli.run('status', '--json')).stdout) as StatusDocument;
    // A release that has just begun is judged a few seconds later.
    await vi.waitUntil(async () => (await status()).verdict.action !== null, {
      timeout: 30_000,
      interval: 500,
    });
    expect(await status()).toMatchObject({
      faults: [{code: 'samples_ahead', text: expect.stringContaining('last id') as string}],
      verdict: {
        action: 'hold',
        reasons: expect.arrayContaining([expect.objectContaining({code: 'samples_ahead'})]) as unknown,
      },
    });
    expect((await place.cli.run('status')).stderr).toContain('no sample can be written');
    const before = await examine(place);
    expect(of(before.findings, 'clocks')).toEqual([
      expect.objectContaining({level: 'wrong', remedy: 'graydeck doctor --repair-samples'}),
    ]);

    const repaired = await place.cli.run('doctor', '--repair-samples');
    expect(repaired.stderr).toContain('1 entry was put aside');
    expect(of((await examine(place)).findings, 'clocks')).toEqual([expect.objectContaining({level: 'fine'})]);
    expect((await add('*')).stdout).not.toContain('ERR');
    expect(await status()).toMatchObject({faults: [], sides: {gray: {requests: 2}}});
  });
});

describe.skipIf(redisMissing)('the doctor’s try of the log', () => {
  test('says that nothing can be written, and why', async () => {
    await using place = await redisPlace();
    await startRelease(place);
    const log = await logOf(place);
    const at = ['-p', String(place.redis.port), 'CONFIG', 'SET'];
    await execa('redis-cli', [...at, 'min-replicas-to-write', '1']);
    const {findings, exitCode} = await examine(place);
    expect(exitCode).toBe(1);
    expect(of(findings, 'log')).toContainEqual(
      expect.objectContaining({level: 'wrong', text: expect.stringContaining('cannot be written') as string}),
    );
    await execa('redis-cli', [...at, 'min-replicas-to-write', '0']);
    expect(await logOf(place)).toEqual(log);
  });

  test('is left out under --read-only', async () => {
    await using place = await embeddedPlace();
    await startRelease(place);
    const {stdout} = await place.cli.run('doctor', '--json', '--read-only');
    const {findings} = JSON.parse(stdout) as {findings: Finding[]};
    expect(of(findings, 'log').map(({text}) => text)).not.toContainEqual(expect.stringContaining('written:'));
    expect(of((await examine(place)).findings, 'log')).toHaveLength(2);
  });
});

test('the doctor asks the services that are declared, and tells what they say', async () => {
  await using place = await embeddedPlace();
  await writeFile(
    join(place.cli.folder, 'graydeck.yaml'),
    'services:\n  prod: ["true"]\n  gray: [sh, -c, "echo unit pay-gray is inactive >&2; exit 3"]\n  edge: [no-such-program]\n',
  );
  await startRelease(place);
  const {findings, exitCode} = await examine(place);
  expect(exitCode).toBe(1);
  expect(of(findings, 'services').map(({level, text}) => [level, text])).toEqual([
    ['fine', 'prod is up'],
    ['wrong', 'gray is not up (exit code 3): unit pay-gray is inactive'],
    ['wrong', expect.stringContaining('edge') as string],
  ]);
});

test('a store that is not there yet is no fault, one that does not answer is', async () => {
  await using place = await embeddedPlace();
  const fresh = await examine(place);
  expect(fresh.exitCode).toBe(0);
  expect(of(fresh.findings, 'store')).toEqual([expect.objectContaining({level: 'doubt'})]);
  const {exitCode, stdout} = await place.cli.run('doctor', '--store', 'redis://127.0.0.1:1', '--json');
  expect(exitCode).toBe(69);
  expect(of((JSON.parse(stdout) as {findings: Finding[]}).findings, 'store')).toEqual([
    expect.objectContaining({level: 'wrong'}),
  ]);
});
