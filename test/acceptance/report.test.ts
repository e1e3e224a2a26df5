import {readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {redisMissing} from '../servers/redis.ts';
import {FEATURE, openConsole, redisPlace, startRelease} from './place.ts';
import {entry, xadd} from './writer.ts';
import {eventually} from '../patience.ts';

interface ReportDocument {
  schema: string;
  state: string;
  exposure: {requests: number};
  sides: Record<'prod' | 'gray', {requests: number; errorRate: number} | null>;
  phases: {name: string; sides: Record<'prod' | 'gray', {requests: number} | null>}[];
  rollback: {by: string; reason: string; toProdMs: number | null; near: {before: unknown[]} | null} | null;
  course: {gray: {errorRate: (number | null)[]}};
  feedback: {version: string; rating: number}[] | null;
}

describe.skipIf(redisMissing)('the report of a release', () => {
  test('tells both sides, what people said and how it was taken back', async () => {
    await using place = await redisPlace();
    const {cli, redis} = place;
    await writeFile(join(cli.folder, 'graydeck.yaml'), 'reports: reports\n');
    await startRelease(place, '--over', 'v1.0.9');
    // Whoever keeps a console open keeps the roll-ups.
    await using console = await openConsole(place, ['--feature', FEATURE]);
    await xadd(redis.port, [
      entry({side: 'prod', requests: 900, errors: 9, response_time: 120}),
      entry({side: 'gray', requests: 100, errors: 5, response_time: 180}),
    ]);
    await cli.run(
      'feedback',
      'submit',
      'bug',
      'pay button <b>gone</b>',
      '--rating',
      '2',
      '--deployment-version',
      'v1.1.0',
    );
    await eventually(async () => {
      const {sides} = (await cli.json('report')) as unknown as ReportDocument;
      expect(sides.gray?.requests).toBe(100);
    }, 500);
    await cli.run('rollback', '--yes', '--reason', 'pay button gone', '--by', 'liu');

    const report = (await cli.json('report')) as unknown as ReportDocument;
    expect(report).toMatchObject({
      schema: 'graydeck.report/1',
      state: 'rolled_back',
      exposure: {requests: 100},
      sides: {prod: {requests: 900, errorRate: 1}, gray: {requests: 100, errorRate: 5}},
      phases: [{name: 'alpha', sides: {gray: {requests: 100}}}],
      rollback: {by: 'liu', reason: 'pay button gone', toProdMs: null},
      feedback: [{version: 'v1.1.0', rating: 2}],
    });

    const files = await readdir(join(cli.folder, 'reports'));
    expect(new Set(files.map(name => name.split('.').at(-1)))).toEqual(new Set(['md', 'json', 'html']));
    // What it was made from is trimmed one day; the report stays.
    const keys = ['seconds', 'minutes', 'metrics'].map(name => `graydeck:{${FEATURE}}:${name}`);
    await execa('redis-cli', ['-p', String(redis.port), 'DEL', ...keys]);
    expect(await cli.json('report')).toMatchObject({exposure: {requests: 100}, sides: report.sides});

    const markdown = await cli.run('report');
    expect(markdown.stdout).toContain('Rolled back from 5 %');
    const html = await cli.run('report', '--format', 'html', '--lang', 'zh');
    expect(html.stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>/u);
    expect(html.stdout).toContain('已回滚');
    console.press('q');
  });
});

test.skipIf(redisMissing)(
  'a rollback that nobody watched is told with its snapshot, also once the samples are gone',
  async () => {
    await using place = await redisPlace();
    const {cli, redis} = place;
    await startRelease(place, '--over', 'v1.0.9');
    await xadd(redis.port, [
      entry({side: 'prod', requests: 900, errors: 9, response_time: 120}),
      entry({side: 'gray', requests: 100, errors: 30, response_time: 180}),
    ]);
    await cli.run('rollback', '--yes', '--reason', 'refunds fail');
    const keys = ['metrics', 'seconds', 'minutes'].map(name => `graydeck:{${FEATURE}}:${name}`);
    await execa('redis-cli', ['-p', String(redis.port), 'DEL', ...keys]);

    const {rollback, course} = (await cli.json('report')) as unknown as ReportDocument;
    expect(rollback?.near?.before).toMatchObject([
      {minutes: 1, prod: {requests: 900, errorRate: 1}, gray: {requests: 100, errorRate: 30}},
      {minutes: 5, gray: {requests: 100}},
      {minutes: 15, gray: {requests: 100}},
    ]);
    expect(course.gray.errorRate).toContain(30);
    const {stdout} = await cli.run('report');
    expect(stdout).toMatch(/\| the last 1 min before \| 900 \/ 100 \| 1 % \/ 30 % \|/u);
    // What the longer windows would only say again is left out.
    expect(stdout).not.toContain('the last 5 min before');
    expect((await cli.run('report', '--lang', 'zh', '--format', 'html')).stdout).toContain('此前 1 分钟');
  },
);

test('a release that never was has no report, and a format that there is not is bad input', async () => {
  await using place = await redisPlace();
  const {cli} = place;
  const nothing = await cli.run('report', '--feature', FEATURE);
  expect(nothing.exitCode).toBe(2);
  expect(nothing.stderr).toContain('nothing was ever released');
  const unknown = await cli.run('report', '--feature', FEATURE, '--format', 'pdf');
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('md, json, html');
});
