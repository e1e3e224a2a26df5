import {join} from 'node:path';
import {build, type Plugin} from 'esbuild';

/** Ink asks for its devtools behind a development check; nothing of them is needed. */
const withoutDevtools: Plugin = {
  name: 'without-devtools',
  setup(bundler) {
    bundler.onResolve({filter: /^react-devtools-core$/}, ({path}) => ({path, namespace: 'empty'}));
    bundler.onLoad({filter: /.*/, namespace: 'empty'}, () => ({contents: 'export default {}'}));
  },
};

/** Bundles the program that shows a scene on the console, as users have it: in production. @returns its path */
export async function bundleScenes(folder: string): Promise<string> {
  const outfile = join(folder, 'show.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'programs/show.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    jsx: 'automatic',
    define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
    banner: {
      js: 'import {createRequire} from "node:module"; const require = createRequire(import.meta.url);',
    },
    plugins: [withoutDevtools],
    logLevel: 'silent',
  });
  return outfile;
}
