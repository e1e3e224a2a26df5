/**
 * Builds program and libraries after `npm ci` in a clone, so that the clone itself, and an application that installs it by its
 * folder or by git, can run and import it. Without the dev dependencies there is nothing to build with, and nothing is built.
 */
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const needs = ['esbuild', 'typescript', 'execa'];
const missing = needs.filter(name => !existsSync(new URL(`../node_modules/${name}`, import.meta.url)));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (missing.length > 0 || major < 22 || (major === 22 && minor < 18))
  process.stderr.write('Graydeck was not built: npm run build needs the dev dependencies and Node 22.18.\n');
else {
  const {status} = spawnSync('npm', ['run', '--silent', 'build'], {cwd: root, stdio: 'inherit'});
  process.exitCode = status ?? 1;
}
