/** Every command block of README and manual, run as it stands: by bash, with the built program and real servers. */
import {chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, inject, onTestFinished, test} from 'vitest';
import {checkPart} from '../../source/config/plan/plan-file.ts';
import {readConfig} from '../../source/config/project/config-file.ts';
import {freePort} from '../servers/ports.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {blocksOf, reasonNotToRun, scriptOf, type Block} from './blocks.ts';

const root = new URL('../../', import.meta.url);
const pages = [
  'README.md',
  ...(await readdir(new URL('source/docs/', root))).map(name => `source/docs/${name}`),
];
const blocks = new Map<string, Block[]>();
for (const page of pages) blocks.set(page, blocksOf(await readFile(new URL(page, root), 'utf8')));
const of = (page: string, language: string) =>
  (blocks.get(page) ?? []).filter(one => one.language === language);

describe.skipIf(redisMissing)('the commands of', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'graydeck-manual-'));
  });
  afterAll(async () => {
    await rm(folder, {recursive: true, force: true});
  });

  /** `graydeck` answers every question with yes, as a reader does; `redis-cli` reaches the page's own server. */
  async function programs(redis: RedisServer): Promise<string> {
    const bin = join(redis.folder, 'bin');
    await mkdir(bin);
    const file = async (name: string, command: string) => {
      await writeFile(join(bin, name), `#!/bin/sh\nexec ${command}\n`);
      await chmod(join(bin, name), 0o755);
    };
    await file('graydeck', `'${process.execPath}' '${inject('program')}' "$@" --yes`);
    await file('redis-cli', `/usr/bin/env PATH="$PLAIN_PATH" redis-cli -p ${redis.port} "$@"`);
    return bin;
  }

  /** The script with free ports in place of those that the page names. */
  async function moved(script: string, redis: RedisServer): Promise<string> {
    const ports = new Map([['6379', String(redis.port)]]);
    const named = new Set([...script.matchAll(/127\.0\.0\.1:(?<port>\d+)/gu)].map(found => found[1] ?? ''));
    for (const port of named) if (!ports.has(port)) ports.set(port, String(await freePort()));
    return script.replaceAll(/127\.0\.0\.1:(\d+)/gu, (_, port: string) => `127.0.0.1:${ports.get(port)}`);
  }

  test.each(pages.filter(page => of(page, 'sh').some(block => reasonNotToRun(block) === null)))(
    '%s run',
    async page => {
      const redis = await startRedis();
      onTestFinished(() => redis.dispose());
      const place = await mkdtemp(join(folder, 'page-'));
      const plainPath = process.env['PATH'] ?? '';
      const ran = await execa(
        'bash',
        ['-c', await moved(scriptOf(of(page, 'sh').filter(one => reasonNotToRun(one) === null)), redis)],
        {
          cwd: place,
          extendEnv: false,
          env: {
            PATH: `${await programs(redis)}:${plainPath}`,
            PLAIN_PATH: plainPath,
            HOME: place,
            GRAYDECK_STORE: redis.url,
            LANG: 'C.UTF-8',
            TZ: 'UTC',
          },
          stdin: 'ignore',
          reject: false,
        },
      );
      expect(ran.exitCode, `${page}\n${ran.stdout}\n${ran.stderr}`).toBe(0);
    },
  );
});

test('a block of commands is called sh, and is run or says why not', () => {
  const wrong = [...blocks].flatMap(([page, all]) =>
    all.flatMap(block => {
      const isCommand = /^(?:sh|bash|shell|console)$/u.test(block.language);
      const isKnown = ['', 'stays'].includes(block.how) || (reasonNotToRun(block) ?? '') !== '';
      return isCommand && !(block.language === 'sh' && isKnown) ? [`${page}:${block.line}`] : [];
    }),
  );
  expect(wrong).toEqual([]);
});

test.each(pages.flatMap(page => of(page, 'yaml').map(block => [`${page}:${block.line}`, block] as const)))(
  'the YAML of %s is read without a mistake, as a plan or a project file',
  (at, block) => {
    if (reasonNotToRun(block) !== null) return;
    const asPlan = checkPart(block.code, at, {});
    const asProject = readConfig(block.code, at);
    const mistakes = [asPlan, asProject].map(read => (read.ok ? [] : read.mistakes));
    expect(mistakes).toContainEqual([]);
  },
);
