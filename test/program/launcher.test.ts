import {copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {transform} from 'esbuild';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, inject, test} from 'vitest';

const source = new URL('../../source/cli/bin.js', import.meta.url);
const program = inject('program');
let folder = '';

const run = (flags: readonly string[], argv: readonly string[]) =>
  execa(process.execPath, [...flags, program, ...argv], {
    reject: false,
    env: {XDG_CACHE_HOME: folder},
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-launcher-'));
});

afterAll(async () => {
  await rm(folder, {recursive: true, force: true});
});

describe('the launcher', () => {
  test('says its version as package.json has it', async () => {
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    const {stdout, stderr, exitCode} = await run([], ['--version']);
    expect({stdout, stderr, exitCode}).toEqual({stdout: manifest.version, stderr: '', exitCode: 0});
  });

  test.for(['v12.22.12', 'v20.20.2', 'v22.17.1'])('tells Node %s in one line what it needs', async old => {
    const preload = join(folder, `${old}.cjs`);
    await writeFile(preload, `Object.defineProperty(process, 'version', {value: '${old}'})`);
    const {stdout, stderr, exitCode} = await run(['--require', preload], ['demo']);
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 2});
    expect(stderr).toBe(`Graydeck needs Node 22.18 or newer; this is ${old} (${process.execPath}).`);
  });

  test.for(['v22.18.0', 'v24.0.0', 'v100.1.0'])('starts on Node %s', async fit => {
    const preload = join(folder, `${fit}.cjs`);
    await writeFile(preload, `Object.defineProperty(process, 'version', {value: '${fit}'})`);
    expect((await run(['--require', preload], ['--version'])).exitCode).toBe(0);
  });

  test('holds nothing that Node 12 could not parse', async () => {
    const code = await readFile(source, 'utf8');
    // Node 12 reads ES2019 and, beyond it, import().
    const supported = {'dynamic-import': true};
    const [now, lowered] = await Promise.all(
      ['esnext', 'es2019'].map(target => transform(code, {format: 'esm', target, supported})),
    );
    expect(lowered!.code).toBe(now!.code);
  });

  test('keeps compiled code in the cache folder of the person who runs it', async () => {
    await run([], ['--version']);
    expect(await readdir(join(folder, 'graydeck', 'compiled'))).not.toEqual([]);
  });

  test('works where the cache folder cannot be written', async () => {
    const occupied = join(folder, 'a-file');
    await writeFile(occupied, '');
    const {exitCode, stderr} = await execa(process.execPath, [program, '--version'], {
      env: {XDG_CACHE_HOME: occupied},
    });
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''});
  });

  test('runs the production build of React and silences only the notice about SQLite', async () => {
    const stub = join(folder, 'stub');
    await mkdir(stub);
    await copyFile(source, join(stub, 'bin.js'));
    await writeFile(join(stub, 'package.json'), '{"type": "module"}');
    await writeFile(
      join(stub, 'main.js'),
      `process.emitWarning('SQLite is an experimental feature and might change', 'ExperimentalWarning');
       process.emitWarning('something else');
       console.log(process.env.NODE_ENV);`,
    );
    const env = {XDG_CACHE_HOME: folder, NODE_ENV: 'test'};
    const {stdout, stderr} = await execa(process.execPath, [join(stub, 'bin.js')], {env});
    expect(stdout).toBe('production');
    expect(stderr).not.toContain('SQLite');
    expect(stderr).toContain('something else');
  });
});
