import {once} from 'node:events';
import {mkdir} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {Workplace} from '../cli/program.ts';
import {freePort} from '../servers/ports.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {openProgram} from './place.ts';

const PASSWORD = 'hunter2-of-the-tests';

let cli: Workplace;
let http: Server;
let redis: RedisServer | null = null;
/** Ports and folders, for the addresses of the table. */
const at = {nobody: 0, http: 0, redis: 0, folder: ''};

beforeAll(async () => {
  cli = await Workplace.open();
  await cli.file(
    'text.db',
    'no database at all, just a text that is long enough to be something else entirely',
  );
  await mkdir(join(cli.folder, 'dir'));
  http = createServer((_request, response) => response.writeHead(400).end('Bad Request')).listen(
    0,
    '127.0.0.1',
  );
  await once(http, 'listening');
  if (!redisMissing)
    redis = await startRedis({
      acl: [
        'user default on nopass ~* &* +@all',
        `user nobody on >${PASSWORD} resetkeys resetchannels -@all`,
      ],
    });
  Object.assign(at, {
    nobody: await freePort(),
    http: (http.address() as AddressInfo).port,
    redis: redis?.port,
    folder: cli.folder,
  });
});

afterAll(async () => {
  http.close();
  await redis?.dispose();
  await cli[Symbol.asyncDispose]();
});

const user = `liu:${PASSWORD}@`;

/** The address of the store, what is said of it, what to do, and the exit code. */
const table: readonly [name: string, store: () => string, says: RegExp, next: RegExp, code: number][] = [
  [
    'nothing there',
    () => `redis://${user}127.0.0.1:${at.nobody}/0`,
    /cannot be reached: nothing listens there/u,
    /host and port/u,
    69,
  ],
  ['an HTTP server', () => `redis://${user}127.0.0.1:${at.http}/0`, /is not Redis/u, /host and port/u, 1],
  [
    'a host nobody knows',
    () => `redis://${user}no-such-host.invalid:6379/0`,
    /host name is not known/u,
    /Check the host/u,
    69,
  ],
  ['no socket', () => `redis+unix://${at.folder}/none.sock`, /no such socket/u, /check the path/u, 69],
  [
    'a scheme nobody knows',
    () => `postgres://${user}127.0.0.1/0`,
    /begins with "postgres:\/\/"/u,
    /Allowed: sqlite:PATH/u,
    2,
  ],
  ['no scheme', () => `${user}127.0.0.1`, /does not begin with a known scheme/u, /Allowed: sqlite:PATH/u, 2],
  ['a port that is none', () => `redis://${user}127.0.0.1:99999/0`, /a port lies outside/u, /Allowed/u, 2],
  [
    'a database that is none',
    () => `redis://${user}127.0.0.1:1/x`,
    /its database is not a number/u,
    /Allowed/u,
    2,
  ],
  ['no host', () => `redis://${user}`, /names no host/u, /Allowed/u, 2],
  ['half an address', () => `redis://${user}[bad`, /a host is missing/u, /Allowed/u, 2],
  ['a file that is no store', () => 'sqlite:text.db', /is not a SQLite database/u, /Name another file/u, 1],
  ['a folder', () => 'sqlite:dir', /is a folder/u, /Name a file in it/u, 1],
  ['a path without a file', () => 'sqlite:', /is not followed by a path/u, /Allowed/u, 2],
  ['memory', () => 'sqlite::memory:', /is no file/u, /it needs a file/u, 2],
];

const ofRedis: typeof table = [
  [
    'a user nobody knows',
    () => `redis://${user}127.0.0.1:${at.redis}/0`,
    /does not accept this user and password/u,
    /GRAYDECK_STORE_PASSWORD/u,
    1,
  ],
  [
    'a user without any right',
    () => `redis://nobody:${PASSWORD}@127.0.0.1:${at.redis}/0`,
    /This user may not/u,
    /graydeck acl/u,
    1,
  ],
];

describe.each([...table, ...(redisMissing ? [] : ofRedis)])(
  'a store that is %s',
  (_name, store, says, next, code) => {
    /** One sentence with what to do, no trace of the program's inside, and no password. */
    const expectTold = (text: string) => {
      expect(text).toMatch(says);
      expect(text).toMatch(next);
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toMatch(/^\s+at .+:\d+:\d+|node:internal|\.ts:\d|\.js:\d|Error:/mu);
    };

    test.for([['status'], ['rollback'], ['log', '--follow'], ['watch']])(
      'is told to %j in one sentence',
      async argv => {
        const {exitCode, stdout, stderr} = await cli.runWith(
          {env: {GRAYDECK_STORE: store()}},
          ...argv,
          '--feature',
          'pay',
        );
        expect({exitCode, stdout}).toEqual({exitCode: code, stdout: ''});
        const told = stderr.replace(/^no terminal here.*\n/u, '');
        expectTold(told);
        expect(told).toMatch(/^graydeck: [^\n]+[.?!]\n {2}→ [^\n]+$/u);
      },
    );

    test('is told under --json as one document', async () => {
      const {exitCode, stdout, stderr} = await cli.runWith(
        {env: {GRAYDECK_STORE: store()}},
        'status',
        '--json',
      );
      expect({exitCode, stdout}).toEqual({exitCode: code, stdout: ''});
      const told = JSON.parse(stderr) as Record<string, unknown>;
      expect(told).toMatchObject({schema: 'graydeck.error/1', exitCode: code});
      expectTold(`${String(told['message'])} ${String(told['next'])}`);
    });

    test('is told by the console on a terminal that it leaves clean', async () => {
      await using console = openProgram({cli}, ['--feature', 'pay'], {
        env: {GRAYDECK_STORE: store()},
        columns: 200,
      });
      expect(await console.exit()).toBe(code);
      expectTold(console.text());
      expect(console.modesLeftOn()).toEqual([]);
      expect(console.output()).not.toContain(PASSWORD);
    });
  },
);
