import {cp, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, relative, resolve} from 'node:path';
import {execa} from 'execa';
import {freePort} from '../servers/ports.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {eventually} from '../patience.ts';

const root = resolve(import.meta.dirname, '../..');
/** What packing needs of the repository; nothing else that a working tree may hold. */
const ingredients = /^(package\.json|tsconfig\.json|LICENSE|README\.md|CHANGELOG\.md|\.npmrc|source|test)$/;
let folder = '';
let consumer = '';
let tarballs: readonly string[] = [];
let packed: readonly {readonly path: string; readonly mode: number}[] = [];

const run = (command: string, argv: readonly string[], cwd: string) =>
  execa(command, argv, {cwd, preferLocal: true, localDir: root, stdin: 'ignore', env: {NO_COLOR: '1'}});

/** Packs both packages from a copy of the tree. The first tarball is `graydeck`, the second `@graydeck/sdk`. */
async function packCleanTree(): Promise<string[]> {
  const tree = join(folder, 'tree');
  const names = (await readdir(root)).filter(name => ingredients.test(name));
  await Promise.all(names.map(name => cp(join(root, name), join(tree, name), {recursive: true})));
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
  const {stdout} = await run(process.execPath, ['test/pack.ts', join(folder, 'packed')], tree);
  return stdout.split('\n');
}

/** Installs a tarball into an empty project, from the cache where it can. Returns the project's folder. */
async function install(tarball: string): Promise<string> {
  const project = await mkdtemp(join(folder, 'consumer-'));
  await writeFile(join(project, 'package.json'), '{"private": true, "type": "module"}');
  const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev'];
  await run('npm', ['install', ...flags, tarball], project);
  return project;
}

/** What a project has besides: types of Node, and the peer of the provider. */
async function addPeers(project: string): Promise<void> {
  for (const name of ['@types/node', 'undici-types', '@openfeature/server-sdk', '@openfeature/core'])
    await cp(join(root, 'node_modules', name), join(project, 'node_modules', name), {recursive: true});
}

async function filesOf(directory: string): Promise<{path: string; mode: number; size: number}[]> {
  const entries = await readdir(directory, {recursive: true, withFileTypes: true});
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  return await Promise.all(
    paths.map(async path => {
      const {mode, size} = await stat(path);
      return {path: relative(directory, path), mode, size};
    }),
  );
}

async function packagesOf(project: string): Promise<string[]> {
  const {stdout} = await run('npm', ['ls', '--all', '--parseable'], project);
  return stdout
    .split('\n')
    .slice(1)
    .filter(line => line !== '');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-package-'));
  tarballs = await packCleanTree();
  consumer = await install(tarballs[0]!);
  packed = await filesOf(join(consumer, 'node_modules/graydeck'));
});

afterAll(async () => {
  await rm(folder, {recursive: true, force: true});
});

describe('the package', () => {
  test('holds the program, the library and their papers, and nothing else', () => {
    const expected =
      /^(package\.json|LICENSE|README\.md|CHANGELOG\.md|source\/ARCHITECTURE\.md|source\/docs\/[\w.-]+\.md|distribution\/.+)$/;
    expect(packed.map(file => file.path).filter(path => !expected.test(path))).toEqual([]);
    const built = packed.map(file => file.path).filter(path => path.startsWith('distribution/'));
    const kinds =
      /^distribution\/((bin|main)\.js|feedback-element(\.d\.ts|\.js)|chunks\/[\w-]+\.js|third-party-licences\.txt|(plan|project)\.schema\.json|library\/[\w/-]+(\.d\.ts|\.js))$/;
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
  test('the program says its version, and shows its manual', async () => {
    const {version} = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {version: string};
    const program = join(consumer, 'node_modules/.bin/graydeck');
    expect((await run(program, ['--version'], consumer)).stdout).toBe(version);
    expect((await run(program, ['help', 'redis'], consumer)).stdout).toMatch(/^Redis in production/u);
  });

  test('it brings at most twelve packages', async () => {
    expect((await packagesOf(consumer)).length).toBeLessThanOrEqual(12);
  });

  test('every entry can be imported, and none drags the screen along', async () => {
    const {exports} = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {exports: object};
    const entries = Object.keys(exports).filter(entry => entry !== './package.json');
    await addPeers(consumer);
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
      expect(loaded).toContainEqual(expect.stringContaining('graydeck/distribution/'));
      expect(
        loaded.filter(url =>
          /\/node_modules\/(ink|react|yoga-layout|yaml|zod|string-width|prom-client)\//.test(url),
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
    await addPeers(consumer);
    const {exitCode, stdout} = await execa('tsc', [...flags, 'use.ts', 'use-sdk.ts'], {
      cwd: consumer,
      preferLocal: true,
      localDir: root,
      reject: false,
    });
    expect({exitCode, stdout}).toEqual({exitCode: 0, stdout: ''});
  });
});

describe('the package @graydeck/sdk', () => {
  let app = '';
  beforeAll(async () => {
    app = await install(tarballs[1]!);
  });

  test('brings at most twelve packages and 5 MB, and nothing of screen, schema or mail', async () => {
    const packages = await packagesOf(app);
    expect(packages.length).toBeLessThanOrEqual(12);
    const unwanted = /\/node_modules\/(?:ink|react|zod|nodemailer|yaml)$/u;
    expect(packages.filter(path => unwanted.test(path))).toEqual([]);
    const sizes = (await filesOf(join(app, 'node_modules'))).map(({size}) => size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(5_000_000);
  });

  test('decides without a peer, and its types serve a strict program without prom-client', async () => {
    await writeFile(
      join(app, 'use.ts'),
      `import {connect, type Decision} from '@graydeck/sdk';
       const deck = await connect({store: 'sqlite:deck.db', stateFolder: false});
       const decision: Decision = deck.feature('new_payment').decide({id: 'u-42'});
       console.log(decision.side);
       await deck.close();`,
    );
    const script = join(app, 'use.ts');
    const {stdout} = await run(process.execPath, ['--disable-warning=ExperimentalWarning', script], app);
    expect(stdout).toBe('prod');
    await addPeers(app);
    const flags = '--noEmit --strict --types node --module nodenext --target es2024 --skipLibCheck false';
    const checked = await execa('tsc', [...flags.split(' '), 'use.ts'], {
      cwd: app,
      preferLocal: true,
      localDir: root,
      reject: false,
    });
    expect(checked.stdout).toBe('');
  });

  test('has the provider for OpenFeature beside it', async () => {
    await addPeers(app);
    const code = `import {GraydeckProvider} from '@graydeck/sdk/openfeature'; console.log(new GraydeckProvider().metadata.name)`;
    const {stdout} = await run(process.execPath, ['--input-type=module', '-e', code], app);
    expect(stdout).toBe('graydeck');
  });
});

test('publint and arethetypeswrong find nothing in either package', async () => {
  for (const tarball of tarballs) {
    const linted = await run('publint', ['run', tarball, '--strict'], folder);
    expect(linted.stdout).toContain('All good');
    await run('attw', [tarball, '--profile', 'esm-only'], folder);
  }
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
