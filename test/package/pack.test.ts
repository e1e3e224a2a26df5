import {cp, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {execa} from 'execa';
import {freePort} from '../servers/ports.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {eventually} from '../patience.ts';

const root = resolve(import.meta.dirname, '../..');
/** What packing needs of the repository; nothing a working tree may hold besides. */
const ingredients = /^(package\.json|tsconfig\.json|LICENSE|README\.md|CHANGELOG\.md|\.npmrc|source|test)$/;
let folder = '';
let consumer = '';
let packed: readonly {readonly path: string; readonly size: number; readonly mode: number}[] = [];

const run = (command: string, argv: readonly string[], cwd: string) =>
  execa(command, argv, {cwd, preferLocal: true, localDir: root, stdin: 'ignore', env: {NO_COLOR: '1'}});

async function packCleanTree(): Promise<string> {
  const tree = join(folder, 'tree');
  const names = (await readdir(root)).filter(name => ingredients.test(name));
  await Promise.all(names.map(name => cp(join(root, name), join(tree, name), {recursive: true})));
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
  const {stdout} = await run('npm', ['pack', '--json', '--pack-destination', folder], tree);
  // A script that npm runs on the way may print before the document.
  const found: unknown = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const [first] = (Array.isArray(found) ? found : Object.values(found as object)) as {
    filename: string;
    files: typeof packed;
  }[];
  packed = first!.files;
  return join(folder, first!.filename);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-package-'));
  const tarball = await packCleanTree();
  consumer = await mkdtemp(join(folder, 'consumer-'));
  await writeFile(join(consumer, 'package.json'), '{"private": true, "type": "module"}');
  const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev'];
  await run('npm', ['install', ...flags, tarball], consumer);
});

afterAll(async () => {
  await rm(folder, {recursive: true, force: true});
});

describe('the package', () => {
  test('holds the program, the library and their papers, and nothing else', () => {
    const expected =
      /^(package\.json|LICENSE|README\.md|CHANGELOG\.md|source\/ARCHITECTURE\.md|source\/docs\/[\w-]+\.md|distribution\/.+)$/;
    expect(packed.map(file => file.path).filter(path => !expected.test(path))).toEqual([]);
    const built = packed.map(file => file.path).filter(path => path.startsWith('distribution/'));
    const kinds =
      /^distribution\/((bin|main)\.js|chunks\/[\w-]+\.js|third-party-licences\.txt|(plan|project)\.schema\.json|library\/[\w/-]+(\.d\.ts|\.js))$/;
    expect(built.filter(path => !kinds.test(path))).toEqual([]);
    expect(built).toEqual(
      expect.arrayContaining([
        'distribution/bin.js',
        'distribution/main.js',
        'distribution/plan.schema.json',
        'distribution/project.schema.json',
      ]),
    );
  });

  test('has a launcher that may be run', () => {
    const launcher = packed.find(file => file.path === 'distribution/bin.js');
    expect(launcher!.mode & 0o111).toBe(0o111);
  });

  test('names no folder of the machine it was built on', async () => {
    const installed = join(consumer, 'node_modules/graydeck');
    const texts = await Promise.all(packed.map(file => readFile(join(installed, file.path), 'utf8')));
    const places = [root, folder];
    expect(packed.filter((_, index) => places.some(place => texts[index]!.includes(place)))).toEqual([]);
  });
});

describe('installed into an empty project', () => {
  test('the program says its version', async () => {
    const {version} = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {version: string};
    const {stdout} = await run(join(consumer, 'node_modules/.bin/graydeck'), ['--version'], consumer);
    expect(stdout).toBe(version);
  });

  test('every entry can be imported, and none drags the screen along', async () => {
    const {exports} = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {exports: object};
    const entries = Object.keys(exports).filter(entry => entry !== './package.json');
    for (const entry of entries) {
      const script = `
        import {registerHooks} from 'node:module';
        const loaded = [];
        registerHooks({load: (url, context, next) => (loaded.push(url), next(url, context))});
        const entry = await import(${JSON.stringify(join('graydeck', entry))});
        console.log(JSON.stringify({names: Object.keys(entry), loaded}));`;
      const {stdout} = await run(process.execPath, ['--input-type=module', '-e', script], consumer);
      const {names, loaded} = JSON.parse(stdout) as {names: string[]; loaded: string[]};
      expect(names).not.toEqual([]);
      expect(loaded).toContainEqual(expect.stringContaining('graydeck/distribution/library/'));
      expect(
        loaded.filter(url =>
          /\/node_modules\/(ink|react|yoga-layout|yaml|zod|string-width|@openfeature)\//.test(url),
        ),
      ).toEqual([]);
    }
  });

  test('its types serve a strict program, and forbid what is wrong', async () => {
    await writeFile(
      join(consumer, 'use.ts'),
      `import {decide, initialState, type State} from 'graydeck';
       const state: State = initialState('new_payment');
       export const name: string = state.feature;
       // @ts-expect-error A command has a type.
       decide(state, {});
       // @ts-expect-error The state's feature is no number.
       export const wrong: number = state.feature;`,
    );
    const flags = [
      '--noEmit',
      '--strict',
      '--types',
      'node',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--skipLibCheck',
      'false',
    ];
    await writeFile(
      join(consumer, 'use-sdk.ts'),
      `import {connect, type Decision} from 'graydeck/sdk';
       import {GraydeckProvider} from 'graydeck/openfeature';
       const deck = await connect({store: 'redis://127.0.0.1:6379'});
       const pay = deck.feature('new_payment', {custom: {has_contract: user => 'contract' in user}});
       const decision: Decision = pay.decide({id: 'u-42', country: 'CN'}, {headers: {}, cookies: {}});
       pay.record(decision, {requests: 1, errors: 0, response_time: 87, conversions: 1, uses: ['export'], carts: 2});
       const chosen: string = pay.route({gray: 'new', prod: 'old'}, 'old')({id: 7});
       export const provider = new GraydeckProvider({deck, features: [chosen]});
       // @ts-expect-error A decision cannot be changed.
       decision.side = 'gray';
       // @ts-expect-error There is no such side.
       export const wrong: boolean = decision.side === 'both';`,
    );
    // What programs on Node have beside: its types, and the peer of the provider.
    for (const name of ['@types/node', 'undici-types', '@openfeature/server-sdk', '@openfeature/core'])
      await cp(join(root, 'node_modules', name), join(consumer, 'node_modules', name), {recursive: true});
    const {exitCode, stdout} = await execa('tsc', [...flags, 'use.ts', 'use-sdk.ts'], {
      cwd: consumer,
      preferLocal: true,
      localDir: root,
      reject: false,
    });
    expect({exitCode, stdout}).toEqual({exitCode: 0, stdout: ''});
  });
});

describe.skipIf(redisMissing)('what the manual tells an application, pasted as it stands', () => {
  let redis: RedisServer;
  const env = () => ({GRAYDECK_STORE: redis.url, XDG_STATE_HOME: join(folder, 'state'), NO_COLOR: '1'});
  const graydeck = (...argv: string[]) =>
    execa(join(consumer, 'node_modules/.bin/graydeck'), argv, {cwd: consumer, env: env(), stdin: 'ignore'});

  /** The example of the page on the SDK that holds this text, as a file of the consumer. */
  async function paste(text: string, name: string): Promise<string> {
    const page = await readFile(join(root, 'source/docs/sdk.md'), 'utf8');
    const blocks = Array.from(page.matchAll(/^```js\n(.*?)^```$/gmsu), ([, code]) => code ?? '');
    const example = blocks.find(code => code.includes(text)) ?? '';
    expect(example).toContain(text);
    await writeFile(join(consumer, name), example);
    return join(consumer, name);
  }

  beforeAll(async () => {
    redis = await startRedis();
    await graydeck('start', 'v2.0.0', '--feature', 'new_payment', '--skip-preflight', '--yes');
    await graydeck('audience', 'include', 'u-42', '--yes');
  });
  afterAll(() => redis.dispose());

  test('the OpenFeature example says what this user gets', async () => {
    const file = await paste("from 'graydeck/openfeature'", 'flags.js');
    const {stdout} = await execa(process.execPath, [file], {env: env()});
    expect(stdout).toBe('new payment');
  });

  test('the bot pauses the release, and the next one finds it paused', async () => {
    const file = await paste("from 'graydeck/controller'", 'bot.js');
    expect((await execa(process.execPath, [file], {env: env()})).stdout).toBe('paused');
    const {stdout} = await graydeck('log', '--json');
    const {commits} = JSON.parse(stdout) as {commits: unknown[]};
    expect(commits.at(-1)).toMatchObject({by: 'release bot', reason: 'a fire drill'});
    expect((await execa(process.execPath, [file], {env: env()})).stdout).toBe('paused');
    await graydeck('resume', '--yes');
  });

  test('the service serves both sides, records what it served, and ends in peace', async () => {
    const port = String(await freePort());
    const file = await paste("from 'graydeck/sdk'", 'service.js');
    const service = execa(process.execPath, [file], {env: {...env(), PORT: port}, reject: false});
    const get = async (user: string) =>
      await (await fetch(`http://127.0.0.1:${port}/`, {headers: {'x-user-id': user}})).text();
    await eventually(async () => expect(await get('u-42')).toBe('new payment\n'));
    await eventually(async () => {
      const {stdout} = await graydeck('status', '--json');
      const percent = {set: 5, applied: 5};
      expect(JSON.parse(stdout)).toMatchObject({percent, routers: {live: 1, confirmed: 1}});
    });
    await graydeck('audience', 'deny', 'u-7');
    await eventually(async () => expect(await get('u-7')).toBe('old payment\n'));
    await graydeck('rollback', '--no-wait');
    await eventually(async () => expect(await get('u-42')).toBe('old payment\n'));
    await eventually(async () =>
      expect(await redis.admin.xlen('graydeck:{new_payment}:metrics')).toBeGreaterThan(1),
    );
    service.kill('SIGTERM');
    const {exitCode, stderr} = await service;
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''});
  });
});
