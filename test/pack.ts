/**
 * Builds the libraries and packs the two packages of this repository. `graydeck` is the repository itself: the bundled
 * program and the libraries. `@graydeck/sdk` is made here from the same sources: the SDK and its provider for OpenFeature.
 *
 * `node test/pack.ts [FOLDER]` packs both into FOLDER (`packed/`); `node test/pack.ts --library` builds the libraries alone.
 */
import {copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join, relative, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {build} from 'esbuild';
import {execa} from 'execa';

const root = resolve(import.meta.dirname, '..');

/** What both manifests have in common; the SDK's is derived from the repository's. */
interface Manifest {
  version: string;
  license: string;
  engines: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, unknown>;
  [field: string]: unknown;
}

const readManifest = async () =>
  JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as unknown as Manifest;

/** Public entries by their name in the folder: `sdk/index` of `source/`. */
const LIBRARY = {
  index: 'source/index.ts',
  control: 'source/control.ts',
  'sdk/index': 'source/sdk/index.ts',
  'sdk/openfeature': 'source/sdk/openfeature.ts',
};
const SDK = {index: LIBRARY['sdk/index'], openfeature: LIBRARY['sdk/openfeature']};

/** One file for each entry and few chunks: an import then opens a handful of files instead of a hundred. */
async function bundle(entries: Record<string, string>, folder: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: folder,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    chunkNames: 'chunks/[name]-[hash]',
    logLevel: 'warning',
  });
}

const declare = (folder: string) =>
  execa('tsc', ['-p', 'source/tsconfig.json', '--outDir', folder], {
    cwd: root,
    preferLocal: true,
    localDir: root,
  });

/** The libraries of `graydeck`, with their types, into `folder`. */
export async function buildLibrary(folder: string): Promise<void> {
  await rm(folder, {recursive: true, force: true});
  await Promise.all([bundle(LIBRARY, folder), declare(folder)]);
}

/** Copies the declarations that these reach, with the specifiers that every version of TypeScript resolves. */
async function copyDeclarations(from: string, entries: readonly string[], to: string): Promise<void> {
  const seen = new Set<string>();
  const copy = async (path: string): Promise<void> => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = await readFile(path, 'utf8');
    const target = join(to, relative(from, path));
    await mkdir(dirname(target), {recursive: true});
    await writeFile(target, text);
    const reached = text.matchAll(/(?:from|import\()\s*'(?<specifier>\.[^']+)'/gu);
    for (const {groups} of reached)
      await copy(join(dirname(path), (groups?.['specifier'] ?? '').replace(/\.[jt]s$/u, '.d.ts')));
  };
  for (const entry of entries) await copy(join(from, entry));
}

/** Writes the package `@graydeck/sdk` into `folder`. */
async function writeSdk(folder: string): Promise<void> {
  const declarations = await mkdtemp(join(tmpdir(), 'graydeck-declarations-'));
  try {
    await Promise.all([bundle(SDK, folder), declare(declarations)]);
    await copyDeclarations(declarations, ['sdk/index.d.ts', 'sdk/openfeature.d.ts'], join(folder, 'types'));
  } finally {
    await rm(declarations, {recursive: true, force: true});
  }
  const {version, license, engines, dependencies, peerDependencies, peerDependenciesMeta} =
    await readManifest();
  const entry = (name: string) => ({types: `./types/sdk/${name}.d.ts`, default: `./${name}.js`});
  const manifest = {
    name: '@graydeck/sdk',
    version,
    description: 'SDK for gray (canary) releases by Graydeck: decide and measure in an application.',
    license,
    type: 'module',
    keywords: ['gray-release', 'canary', 'feature-flags', 'openfeature', 'redis'],
    exports: {
      '.': entry('index'),
      './openfeature': entry('openfeature'),
      './package.json': './package.json',
    },
    files: ['*.js', 'chunks', 'types'],
    sideEffects: false,
    engines,
    dependencies,
    peerDependencies,
    peerDependenciesMeta,
  };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const page = await readFile(join(root, 'source/docs/sdk.md'), 'utf8');
  await writeFile(
    join(folder, 'README.md'),
    page
      .replaceAll("'graydeck/sdk'", "'@graydeck/sdk'")
      .replaceAll("'graydeck/openfeature'", "'@graydeck/sdk/openfeature'"),
  );
}

/** Packs a folder. Returns the path of the tarball. */
async function pack(folder: string, destination: string): Promise<string> {
  const {stdout} = await execa('npm', ['pack', '--json', '--pack-destination', destination], {
    cwd: folder,
    stdin: 'ignore',
  });
  // A script that npm runs on the way may print before the document.
  const [, name = ''] = /"filename": "([^"]+\.tgz)"/u.exec(stdout) ?? [];
  return join(destination, name.replace('@graydeck/', 'graydeck-'));
}

/** Packs both packages into `destination`, which is created. Returns the paths of the tarballs. */
export async function packBoth(destination: string): Promise<{graydeck: string; sdk: string}> {
  await mkdir(destination, {recursive: true});
  const staged = await mkdtemp(join(tmpdir(), 'graydeck-sdk-'));
  try {
    await writeSdk(staged);
    return {graydeck: await pack(root, destination), sdk: await pack(staged, destination)};
  } finally {
    await rm(staged, {recursive: true, force: true});
  }
}

if (import.meta.main) {
  const {values, positionals} = parseArgs({options: {library: {type: 'boolean'}}, allowPositionals: true});
  if (values.library === true) await buildLibrary(join(root, 'distribution/library'));
  else {
    const packed = await packBoth(resolve(positionals[0] ?? join(root, 'packed')));
    process.stdout.write(`${packed.graydeck}\n${packed.sdk}\n`);
  }
}
