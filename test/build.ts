/**
 * Builds the program: one entry with lazy chunks, minified, and the launcher beside it.
 * `node test/build.ts` writes to `distribution/`.
 */
import {chmod, copyFile, mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join, relative, resolve} from 'node:path';
import {build, type Plugin} from 'esbuild';
import {jsonSchemaOf, SCHEMAS, type SchemaName} from '../source/config/json-schema.ts';
import {collectNotices} from './build-notices.ts';

const root = resolve(import.meta.dirname, '..');

/** Ink asks for its devtools behind a development check; the bundle needs a module in their place. */
const withoutDevtools: Plugin = {
  name: 'without-devtools',
  setup(bundler) {
    bundler.onResolve({filter: /^react-devtools-core$/}, () => ({
      path: 'react-devtools-core',
      namespace: 'empty',
    }));
    bundler.onLoad({filter: /.*/, namespace: 'empty'}, () => ({contents: 'export default {}'}));
  },
};

/**
 * Ink's layout engine asks `fetch` to decode the bytes that it carries in itself, and with the first call Node loads
 * all of its HTTP client: 30 ms before the first screen. Without a `fetch` the engine decodes them by itself.
 */
const withoutFetch: Plugin = {
  name: 'without-fetch',
  setup(bundler) {
    bundler.onLoad({filter: /yoga-wasm-base64-esm\.js$/}, async ({path}) => ({
      contents: `const fetch = undefined;\n${await readFile(path, 'utf8')}`,
      loader: 'js',
    }));
  },
};

const readVersion = async () => {
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return (manifest as {version: string}).version;
};

const removeAllBut = async (kept: ReadonlySet<string>, folder: string) => {
  const entries = await readdir(folder, {withFileTypes: true, recursive: true});
  const stale = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => !kept.has(path));
  await Promise.all(stale.map(path => rm(path)));
};

/** Writes the JSON Schemas, for editors. */
const writeSchemas = async (folder: string): Promise<string[]> =>
  Promise.all(
    (Object.keys(SCHEMAS) as SchemaName[]).map(async name => {
      const path = join(folder, SCHEMAS[name].file);
      await writeFile(path, `${JSON.stringify(jsonSchemaOf(name), null, 2)}\n`);
      return path;
    }),
  );

/** Writes the web component, which browsers load as it is, and its types. */
const buildElement = async (folder: string): Promise<string[]> => {
  const [script, types] = ['feedback-element.js', 'feedback-element.d.ts'].map(name =>
    join(folder, name),
  ) as [string, string];
  await build({
    absWorkingDir: root,
    entryPoints: ['source/element/feedback-element.js'],
    outfile: script,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    logLevel: 'warning',
  });
  await copyFile(join(root, 'source/element/feedback-element.d.ts'), types);
  return [script, types];
};

/**
 * Bundles the program into `folder` (created when missing) and removes what an earlier build left there;
 * chunks carry a hash in their name, so a program that is running keeps working while this writes.
 */
export async function buildProgram(folder: string): Promise<{files: readonly string[]; bytes: number}> {
  const launcher = join(folder, 'bin.js');
  const notices = join(folder, 'third-party-licences.txt');
  const {metafile} = await build({
    absWorkingDir: root,
    entryPoints: {main: 'source/cli/main.ts'},
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    jsx: 'automatic',
    minify: true,
    legalComments: 'none',
    chunkNames: 'chunks/[name]-[hash]',
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      GRAYDECK_VERSION: JSON.stringify(await readVersion()),
      // Verbs are loaded lazily, so the files that read the manual and the web component are chunks.
      GRAYDECK_ELEMENT: JSON.stringify('../feedback-element.js'),
      GRAYDECK_DOCS: JSON.stringify(`${relative(join(folder, 'chunks'), join(root, 'source/docs'))}/`),
    },
    // CommonJS dependencies ask for Node's modules by require, which an ES module does not have.
    banner: {
      js: "import {createRequire as createRequire_} from 'node:module';const require = createRequire_(import.meta.url);",
    },
    plugins: [withoutDevtools, withoutFetch],
    metafile: true,
    logLevel: 'warning',
  });
  await mkdir(folder, {recursive: true});
  const element = await buildElement(folder);
  await copyFile(join(root, 'source/cli/bin.js'), launcher);
  await chmod(launcher, 0o755);
  await writeFile(notices, await collectNotices(root, Object.keys(metafile.inputs)));
  const schemas = await writeSchemas(folder);
  const written = Object.keys(metafile.outputs).map(path => resolve(root, path));
  await removeAllBut(new Set([...written, launcher, notices, ...schemas, ...element]), folder);
  const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
  return {
    files: [...written, launcher, notices, ...schemas, ...element].map(path => relative(folder, path)),
    bytes,
  };
}

if (import.meta.main) {
  const {files, bytes} = await buildProgram(join(root, 'distribution'));
  process.stderr.write(`Built ${files.length} files, ${Math.round(bytes / 1024)} kB, into distribution/\n`);
}
