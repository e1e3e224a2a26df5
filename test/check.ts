/**
 * The whole check: servers, lint, format, types, unused code, build, package, tests. Every step runs even
 * when one before it failed; the last line is the totals of the tests, the exit code tells about all steps.
 */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {execa} from 'execa';
import {advice, install, mayInstall, missingServers, servers} from './check/servers.ts';
import {packBoth} from './pack.ts';
import {neverCounted, sayTotals, type Totals} from './check/totals.ts';

const root = resolve(import.meta.dirname, '..');
const mayNotSkip = process.env['CI'] === 'true';
const minutes = 60_000;
const scratch = await mkdtemp(join(tmpdir(), 'graydeck-check-'));
const report = join(scratch, 'totals.json');
let totals: Totals = neverCounted;

const say = (text: string) => process.stdout.write(`${text}\n`);

const run = async (command: string, ...argv: readonly string[]): Promise<boolean> => {
  const {failed, timedOut} = await execa(command, argv, {
    cwd: root,
    preferLocal: true,
    localDir: root,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
    timeout: 40 * minutes,
  });
  if (timedOut) {
    say(`${command} was ended: it ran for more than 40 minutes.`);
  }
  return !failed;
};

const haveServers = async (): Promise<boolean> => {
  const path = process.env['PATH'] ?? '';
  const missing = await missingServers(servers, path);
  if (missing.length > 0 && (await mayInstall())) {
    say(`Installing ${missing.map(server => server.debianPackage).join(', ')} by apt-get.`);
    say('No service is started: the tests run servers of their own, on ports of their own.');
    await install(missing);
  }
  const stillMissing = await missingServers(servers, path);
  if (stillMissing.length > 0) {
    say(advice(stillMissing));
  }
  return stillMissing.length === 0 || !mayNotSkip;
};

const packAndLint = async (): Promise<boolean> => {
  const {graydeck, sdk} = await packBoth(scratch);
  for (const tarball of [graydeck, sdk])
    if (
      !(await run('publint', 'run', tarball, '--strict')) ||
      !(await run('attw', tarball, '--profile', 'esm-only', '--format', 'ascii', '--quiet'))
    )
      return false;
  return true;
};

const runTests = async (): Promise<boolean> => {
  process.env['GRAYDECK_TOTALS'] = report;
  const reporters = ['--reporter=default', '--reporter=./test/check/totals-reporter.ts'];
  const succeeded = await run('vitest', 'run', '--config', 'test/vitest.config.ts', ...reporters);
  const text = await readFile(report, 'utf8').catch(() => JSON.stringify(neverCounted));
  const counted = JSON.parse(text) as Totals;
  totals = {...counted, failed: counted.failed === 0 && !succeeded ? 1 : counted.failed};
  const {failed, unexplained, unfinished} = totals;
  for (const file of unfinished) {
    say(`Never came to its end: ${file}`);
  }
  for (const name of mayNotSkip ? unexplained : []) {
    say(`Skipped without a reason, which CI=true does not allow: ${name}`);
  }
  return succeeded && failed === 0 && !(mayNotSkip && unexplained.length > 0);
};

const steps: readonly (readonly [string, () => Promise<boolean>])[] = [
  ['servers', haveServers],
  ['lint', () => run('oxlint', '--type-aware', '--deny-warnings')],
  ['format', () => run('prettier', '--check', '--log-level', 'warn', '.')],
  ['types', () => run('tsc', '-p', 'tsconfig.json')],
  ['unused code', () => run('knip')],
  ['program', () => run('node', 'test/build.ts')],
  ['library', () => run('tsc', '-p', 'source/tsconfig.json')],
  ['package', packAndLint],
  ['tests', runTests],
];

const results: string[] = [];
for (const [name, step] of steps) {
  say(`\n── ${name}`);
  const startedAt = performance.now();
  const succeeded = await step();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  results.push(`${succeeded ? 'ok    ' : 'FAILED'} ${name}, ${seconds} s`);
  process.exitCode = succeeded ? process.exitCode : 1;
}
await rm(scratch, {recursive: true, force: true});
say(`\n${results.join('\n')}\n${sayTotals(totals)}`);
