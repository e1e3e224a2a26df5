/**
 * How many users a server decides for by OFREP, on one core, on an embedded store:
 *
 *     node test/bench/ofrep.ts [--seconds 10] [--features 5] [--json]
 *
 * wrk asks over 32 kept connections, each request for another user with two attributes: one flag a request, then all flags a
 * request. Other work may share the machine, so the figure is evaluations for a second of the server's CPU.
 */
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {execa} from 'execa';
import {openStore} from '../../source/store/open.ts';
import {splitNamed} from '../audience/conformance.ts';
import {buildProgram} from '../build.ts';
import {appendNext} from '../store/commits.ts';
import {readUsage} from './usage.ts';

const {values} = parseArgs({
  options: {
    seconds: {type: 'string', default: '10'},
    features: {type: 'string', default: '5'},
    json: {type: 'boolean', default: false},
  },
});
const features = Array.from({length: Number(values.features)}, (_, index) => `feature-${index}`);
const TOKEN = 'a-token-of-the-bench';

const scriptOf = (path: string) => `
local headers = {["authorization"] = "Bearer ${TOKEN}", ["content-type"] = "application/json"}
local n = 0
function request()
  n = n + 1
  return wrk.format("POST", "${path}", headers,
    '{"context":{"targetingKey":"u-' .. n % 9973 .. '","country":"CN","region":"east"}}')
end
done = function(summary, latency, requests)
  io.stdout:write(string.format("%d %d %d %d\\n", summary.requests, latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.read + summary.errors.connect + summary.errors.timeout))
end
`;

const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-'));
const address = `sqlite:${join(folder, 'graydeck.db')}`;
const store = await openStore(address, 'operator', {env: {}});
for (const name of features) await appendNext(store.feature(name), {split: splitNamed('half-of-china')});
await buildProgram(join(folder, 'program'));
const tokens = join(folder, 'tokens');
await writeFile(tokens, `bench evaluate ${TOKEN}\n`);
await chmod(tokens, 0o600);
const server = execa(
  process.execPath,
  [join(folder, 'program', 'bin.js'), 'serve', '--tokens', tokens, '--listen', '127.0.0.1:0'],
  {cwd: folder, env: {GRAYDECK_STORE: address, XDG_STATE_HOME: folder}, reject: false},
);

/** Loads one path, and tells how many requests were answered for a second of the server's CPU. */
async function load(url: string, path: string, each: number): Promise<object> {
  const script = join(folder, 'load.lua');
  await writeFile(script, scriptOf(path));
  const run = (seconds: string) => execa('wrk', ['-t1', '-c32', `-d${seconds}s`, '-s', script, url]);
  await run('2');
  const before = readUsage(server.pid ?? 0);
  const {stdout} = await run(values.seconds);
  const after = readUsage(server.pid ?? 0);
  const [requests = 0, p50 = 0, p99 = 0, failed = 0] = (stdout.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  return {
    evaluationsPerSecond: Math.round((requests * each) / Number(values.seconds)),
    evaluationsPerCpuSecond: Math.round((requests * each) / cpuSeconds),
    requestsPerCpuSecond: Math.round(requests / cpuSeconds),
    failed,
    ms: {p50: p50 / 1000, p99: p99 / 1000},
    serverMiB: Math.round(after.rssMiB),
  };
}

try {
  const url = await new Promise<string>((resolve, reject) => {
    let told = '';
    server.stderr.on('data', chunk => {
      told += String(chunk);
      const found = /serving on (\S+) for/u.exec(told)?.[1];
      if (found !== undefined) resolve(found);
    });
    void server.then(() => reject(new Error(told)));
  });
  const report = {
    features: features.length,
    one: await load(url, `/ofrep/v1/evaluate/flags/${features[0] ?? ''}`, 1),
    all: await load(url, '/ofrep/v1/evaluate/flags', features.length),
  };
  process.stdout.write(`${values.json ? JSON.stringify(report) : JSON.stringify(report, null, 2)}\n`);
} finally {
  server.kill('SIGTERM');
  await server;
  await store.close();
  await rm(folder, {recursive: true, force: true});
}
