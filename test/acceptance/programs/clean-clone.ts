/**
 * What somebody sees who clones this repository: `npm ci`, then `npm start`, with the Node of the system and none of
 * the programs of this working tree. Takes minutes and the network, so it is run by hand:
 * `node test/acceptance/programs/clean-clone.ts`
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, join, resolve} from 'node:path';
import {execa} from 'execa';
import {openTerminal} from '../../terminal/open.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = await mkdtemp(join(tmpdir(), 'graydeck-clone-'));
const clone = join(folder, 'graydeck');
const env = {
  PATH: (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(part => !part.includes('node_modules'))
    .join(delimiter),
  HOME: folder,
  XDG_STATE_HOME: folder,
  XDG_CACHE_HOME: folder,
};

const say = (text: string) => process.stdout.write(`${text}\n`);
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const result = await work();
  say(`${what}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
  return result;
}

try {
  const run = (file: string, ...argv: string[]) => execa(file, argv, {env, cwd: clone, stdin: 'ignore'});
  await timed('git clone', () => execa('git', ['clone', '-q', root, clone], {env}));
  const [node, npm] = await Promise.all([run('node', '--version'), run('npm', '--version')]);
  say(`node ${node.stdout}, npm ${npm.stdout}`);
  await timed('npm ci', () => run('npm', 'ci', '--no-audit', '--no-fund'));
  await timed('npm start to the first numbers', async () => {
    await using terminal = openTerminal(['npm', 'start'], {cwd: clone, env});
    await terminal.until(/error rate +[\d.]+ %.*error rate +[\d.]+ %/u);
    await terminal.until(/5 % set · 5 % applied/u);
    say(terminal.text().trimEnd());
    terminal.press('q');
    say(
      `q ends it with code ${await terminal.exit()}; left on: ${terminal.modesLeftOn().join(', ') || 'nothing'}`,
    );
  });
} finally {
  await rm(folder, {recursive: true, force: true});
}
