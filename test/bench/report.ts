/**
 * How long the built `report` takes for a release of three days, in every format, on both stores: some 700 commits, 4 320
 * minutes, the last hour by the second, a thousand opinions. Begins with the start of the program.
 *
 * `node test/bench/report.ts [--runs 5] [--json]`
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {execa} from 'execa';
import {REPORT_FORMATS} from '../../source/cli/report/write-report.ts';
import {openStore} from '../../source/store/open.ts';
import {buildProgram} from '../build.ts';
import {startRedis} from '../servers/redis.ts';
import {quantile} from './quantile.ts';
import {FEATURE, writeThreeDays} from './three-days.ts';

const {values} = parseArgs({
  options: {runs: {type: 'string', default: '5'}, json: {type: 'boolean', default: false}},
});
const GOAL_MS = 3000;
/** Has the program say at its end what CPU time it took: on a machine that others share, the clock says little. */
const TELL =
  'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write(`cpu ${user+system}\\n`)})';
const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-report-'));
await buildProgram(join(folder, 'program'));
const server = await startRedis();
const stores = {redis: server.url, sqlite: `sqlite:${join(folder, 'deck.db')}`};
const results: {
  store: string;
  format: string;
  medianMs: number;
  leastMs: number;
  cpuMs: number;
  bytes: number;
}[] = [];
try {
  for (const [name, url] of Object.entries(stores)) {
    const store = await openStore(url, 'operator', {env: {}});
    const commits = await writeThreeDays(store.feature(FEATURE), store.now() - 10_000, 'rolled_back');
    await store.close();
    process.stderr.write(`${name}: ${commits} commits\n`);
    for (const format of REPORT_FORMATS) {
      const times: number[] = [];
      const cpu: number[] = [];
      let bytes = 0;
      for (let run = 0; run < Number(values.runs); run++) {
        const began = performance.now();
        const argv = [
          '--import',
          TELL,
          join(folder, 'program/bin.js'),
          'report',
          '--feature',
          FEATURE,
          '--format',
          format,
        ];
        const {stdout, stderr} = await execa(process.execPath, [...argv, '--store', url], {cwd: folder});
        times.push(performance.now() - began);
        cpu.push(Number(/cpu (\d+)$/u.exec(stderr)?.[1]) / 1000);
        bytes = stdout.length;
      }
      results.push({
        store: name,
        format,
        medianMs: Math.round(quantile(times, 0.5)),
        cpuMs: Math.round(quantile(cpu, 0.5)),
        leastMs: Math.round(Math.min(...times)),
        bytes,
      });
    }
  }
} finally {
  await server.dispose();
  await rm(folder, {recursive: true, force: true});
}
const load = loadavg()[0]!.toFixed(1);
if (values.json) console.log(JSON.stringify({goalMs: GOAL_MS, load, results}));
else {
  for (const {store, format, medianMs, leastMs, cpuMs, bytes} of results)
    console.log(
      `${store} ${format}: median ${medianMs} ms, least ${leastMs} ms, CPU ${cpuMs} ms, ${Math.round(bytes / 1024)} kB`,
    );
  console.log(`goal ${GOAL_MS} ms; load of the machine ${load}`);
}
