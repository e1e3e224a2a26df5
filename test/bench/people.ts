/**
 * What people cost. In the application: `record` with a user beside `record` without one, for people who are known
 * already and for new ones, and the bytes of the table. In the reader: entries that tell of people, and a table of a
 * million. Rounds take turns, so that other work on the machine hits all of them; the median counts.
 *
 * `node test/bench/people.ts [--rounds 9] [--people 100000]`
 */
import {loadavg} from 'node:os';
import {parseArgs} from 'node:util';
import {personHasher} from '../../source/analysis/people/person.ts';
import {PeopleTable} from '../../source/analysis/people/table.ts';
import {PeopleNews} from '../../source/analysis/people/wire.ts';
import {Sample} from '../../source/analysis/sample.ts';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import type {Decision} from '../../source/audience/decide.ts';
import {normal, seeded} from '../../source/demo/behaviour.ts';
import {SampleParser} from '../../source/metrics/sample.ts';
import {Batches} from '../../source/sdk/batches.ts';
import {ReportedPeople} from '../../source/sdk/reported-people.ts';
import {quantile} from './quantile.ts';

const {values} = parseArgs({
  options: {rounds: {type: 'string', default: '9'}, people: {type: 'string', default: '100000'}},
});
const ROUNDS = Number(values.rounds);
const PEOPLE = Number(values.people);
/** Microseconds that people may add to `record`, and bytes of a person. */
const GOAL_US = 1;
const GOAL_BYTES = 32;
const GOAL_MIB = 8;

const PROD: Decision = {side: 'prod', reason: 'percent', cohort: 'eligible', version: 1, release: 'r-1'};
const random = seeded(7);
const TIMES = Array.from({length: 9973}, () => Math.round(90 * Math.exp(0.46 * normal(random))));
const IDS = Array.from({length: PEOPLE}, (_, n) => `user-${String(n * 7919).padStart(10, '0')}`);
const split = () => ({version: 1, split: null});

/** Microseconds of each call; flushed as often as an application of 1 000 requests a second does. */
function timeOf(calls: number, work: (n: number) => void, flush: () => void): number {
  const began = performance.now();
  for (let n = 0; n < calls; n++) {
    work(n);
    if (n % 250 === 249) flush();
  }
  return ((performance.now() - began) * 1000) / calls;
}

function batches(): {record: (n: number, user?: string) => void; flush: () => void} {
  const kinds = {distributions: new Set<string>(), gauges: new Set<string>()};
  const gathered = new Batches({instance: 'bench', kinds, feature: 'bench', split});
  return {
    record(n, user) {
      const response_time = TIMES[n % TIMES.length] ?? 0;
      const measured = {requests: 1, errors: n % 50 === 0 ? 1 : 0, response_time};
      gathered.record(PROD, user === undefined ? measured : {...measured, user}, n);
    },
    flush() {
      gathered.flush(0, true);
      gathered.taken(gathered.next(0).last);
    },
  };
}

const taken: Record<'without' | 'known' | 'fresh' | 'alone', number[]> = {
  without: [],
  known: [],
  fresh: [],
  alone: [],
};
const id = (n: number) => IDS[(n * 31) % PEOPLE] ?? '';
const bare = batches();
const warm = batches();
for (let n = 0; n < 3 * PEOPLE; n++) warm.record(n, id(n));
warm.flush();
const told = new ReportedPeople('bench', split);
const news = new PeopleNews();
for (let round = 0; round < ROUNDS; round++) {
  const fresh = batches();
  taken.without.push(timeOf(PEOPLE, n => bare.record(n), bare.flush));
  taken.known.push(timeOf(PEOPLE, n => warm.record(n, id(n)), warm.flush));
  taken.fresh.push(timeOf(PEOPLE, n => fresh.record(n, id(n)), fresh.flush));
  const measured = {requests: 1, errors: 0, response_time: 87, user: ''};
  taken.alone.push(
    timeOf(
      PEOPLE,
      n => {
        measured.user = id(n);
        told.record(PROD, measured, news, true);
      },
      () => news.clear(),
    ),
  );
}
const us = (times: readonly number[]) => quantile(times, 0.5);
const spread = (times: readonly number[]) =>
  [0.5, 0, 1].map(share => quantile(times, share).toFixed(3)).join(' / ');
console.log(
  `record, µs, median / least / most: without a user ${spread(taken.without)}; of people known ` +
    `${spread(taken.known)}; of new people ${spread(taken.fresh)}; the table of people alone ${spread(taken.alone)} ` +
    `(goal ${GOAL_US}): ${us(taken.alone) <= GOAL_US ? 'within' : 'MISSED'}; load ${loadavg()[0]?.toFixed(1)}`,
);
const perPerson = told.bytes / told.size;
const mib = told.bytes / 1024 / 1024;
console.log(
  `table of the application: ${told.size} people, ${perPerson.toFixed(1)} bytes each (goal ${GOAL_BYTES}), ${mib.toFixed(2)} MiB ` +
    `(goal ${GOAL_MIB} at 100 000): ${perPerson <= GOAL_BYTES && mib <= GOAL_MIB ? 'within' : 'MISSED'}`,
);

const hash = personHasher('bench', 'r-1');
const windows = new Windows({feature: 'bench'});
windows.begin({release: 'r-1', splitVersion: 1, since: 0});
const parser = new SampleParser(windows.table);
const sample = new Sample();
const BATCH = 50;
const times = new LogHistogram();
for (let n = 0; n < BATCH; n++) times.add(TIMES[n] ?? 0);
const entries = Array.from({length: PEOPLE / BATCH}, (_, batch) => {
  const some = new PeopleNews();
  some.named = BATCH;
  for (let n = 0; n < BATCH; n++) some.push(hash(IDS[batch * BATCH + n] ?? ''), 1 | 8, 34, 0, 0);
  return `side prod release r-1 split 1 requests ${BATCH} response_time ${times.encode()} people ${some.encode()}`.split(
    ' ',
  );
});
const began = performance.now();
for (const [n, fields] of entries.entries()) {
  const at = 1_800_000_000_000 + n * 10;
  parser.parse(fields, at, sample);
  windows.add(sample, at);
}
const reading = ((performance.now() - began) * 1000) / PEOPLE;
const rows = windows.peopleRows(0).reduce((sum, {body}) => sum + body.length, 0);
const table = new PeopleTable();
const filled = performance.now();
for (let n = 0; n < 1_000_000; n++) table.place(hash(`u-${n}`));
console.log(
  `reader: ${reading.toFixed(2)} µs for each new person, ${(rows / PEOPLE).toFixed(1)} bytes of rows in the store; a table of ` +
    `${table.size} people takes ${(table.bytes / 1024 / 1024).toFixed(1)} MiB, filled in ${(performance.now() - filled).toFixed(0)} ms`,
);
