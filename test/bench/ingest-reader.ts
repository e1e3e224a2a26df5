/**
 * `ingest-reader.ts ADDRESS FEATURE COUNT MODE`: reads COUNT entries and prints the CPU time that took, JSON.
 * MODE `ours`: the store's reader into the windows. `ours-read`: the store's reader alone.
 * `client`: the client library's XREAD into the same windows. `client-read`: that alone.
 */
import {Redis} from 'ioredis';
import {Sample} from '../../source/analysis/sample.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {SampleParser} from '../../source/metrics/sample.ts';
import {openStore} from '../../source/store/open.ts';
import type {SampleEntry} from '../../source/store/port.ts';

const [address = '', feature = '', wanted = '0', mode = 'ours'] = process.argv.slice(2);
const count = Number(wanted);

const windows = new Windows();
const parser = new SampleParser(windows.table);
const sample = new Sample();
let seen = 0;
let junk = 0;

function take(entries: readonly SampleEntry[]): void {
  seen += entries.length;
  if (mode.endsWith('-read')) return;
  const now = Date.now();
  for (const {fields, at} of entries) {
    if (parser.parse(fields, at, sample) === null) windows.add(sample, now);
    else junk++;
  }
}

async function byStore(): Promise<() => Promise<void>> {
  const store = await openStore(address, 'viewer');
  const {samples} = store.feature(feature);
  return async () => {
    await samples.history(0, take, new AbortController().signal);
    await store.close();
  };
}

async function byClient(): Promise<() => Promise<void>> {
  const client = new Redis(address);
  await client.ping();
  return async () => {
    for (let id = '0'; ;) {
      const reply = await client.xread('COUNT', 1000, 'STREAMS', `graydeck:{${feature}}:metrics`, id);
      const entries = reply?.[0]?.[1] ?? [];
      take(entries.map(([id, fields]) => ({id, at: Number.parseInt(id, 10), fields})));
      if (entries.length < 1000) break;
      id = entries.at(-1)![0];
    }
    client.disconnect();
  };
}

const run = await (mode.startsWith('ours') ? byStore() : byClient());
const cpu = process.cpuUsage();
const began = performance.now();
await run();
const {user, system} = process.cpuUsage(cpu);
if (seen !== count || junk > 0) throw new Error(`read ${seen} of ${count} entries, ${junk} of them junk`);
process.stdout.write(
  `${JSON.stringify({cpuMs: (user + system) / 1000, wallMs: performance.now() - began})}\n`,
);
