/**
 * False stops and delays of evidence on simulated launches, beside two oracles and a judge without memory or caution:
 *
 *     node test/bench/evidence.ts [launches a family, 400] [seed, 1] [pattern of names] [mix, even or thin] [alone] [people]
 *
 * `alone` leaves that judge out; `people` says who asked, every request another person but for those of a burst.
 */
import {
  BETTER,
  CALM,
  ROUGH,
  ROUGH_WORSE,
  UNLIKE,
  UNLIKE_WORSE,
  WORSE,
  type Family,
} from '../analysis/evidence/simulation/families.ts';
import {MIXES} from '../analysis/evidence/simulation/mixes.ts';
import {power, runFamily, stopped, wilson, type Tally} from '../analysis/evidence/simulation/run.ts';

const HORIZON = 1800;
const [launches = '400', seed = '1', filter = '', mix = 'even', ...words] = process.argv.slice(2);

if (mix !== 'even' && mix !== 'thin')
  throw new Error(`no such mix: ${mix}, only ${Object.keys(MIXES).join(', ')}`);

const percent = (part: number) => `${(part * 100).toFixed(2)} %`;
const interval = (hits: number, of: number) => {
  const {low, high} = wilson(hits, of);
  return `${percent(hits / of)} [${(low * 100).toFixed(2)}, ${(high * 100).toFixed(2)}]`;
};
const run = (family: Family): Tally =>
  runFamily(family, {
    launches: Number(launches),
    seed: Number(seed),
    horizon: HORIZON,
    withReference: !words.includes('alone'),
    mix,
    withPeople: words.includes('people'),
  });
const wanted = (families: Family[]) => families.filter(({name}) => new RegExp(filter, 'u').test(name));

const healthy = (title: string, families: Family[]) => {
  if (families.length === 0) return;
  console.log(`\n${title.padEnd(26)} stopped, Wilson 95 %      ref       by metric`);
  let hits = 0;
  let all = 0;
  for (const family of families) {
    const tally = run(family);
    const by = tally.stops.flatMap(({worst}) => worst ?? []);
    hits += stopped(tally, 'judge');
    all += tally.launches;
    const reference = percent(stopped(tally, 'reference') / tally.launches).padStart(8);
    const metrics = [...new Set(by)].map(metric => `${metric} ${by.filter(one => one === metric).length}`);
    console.log(
      `${family.name.padEnd(26)} ${interval(stopped(tally, 'judge'), tally.launches).padEnd(22)} ${reference}   ${metrics.join(', ')}`,
    );
  }
  console.log(`${'all of them'.padEnd(26)} ${interval(hits, all)}`);
};

healthy('healthy, counts behave', wanted(CALM));
healthy('gray is better', wanted(BETTER));
healthy('healthy, counts are rough', wanted(ROUGH));
healthy('healthy, hosts differ', wanted(UNLIKE));

console.log(
  `\n${'gray is worse'.padEnd(26)} feasible  recall    median   sprt  2-sample  ratio  launch by launch   ref ratio  launch by launch  recall  us`,
);
let found = 0;
let feasible = 0;
for (const family of wanted([...WORSE, ...ROUGH_WORSE, ...UNLIKE_WORSE])) {
  const tally = run(family);
  const judge = power(tally, 'judge');
  const reference = power(tally, 'reference');
  if (WORSE.includes(family)) {
    found += judge.recall * judge.feasible;
    feasible += judge.feasible;
  }
  const cells = [
    String(judge.feasible).padStart(8),
    percent(judge.recall).padStart(9),
    `${judge.median} s`.padStart(9),
    String(judge.oracle.sprt).padStart(6),
    String(judge.oracle.twoSample).padStart(9),
    judge.ratio.toFixed(2).padStart(7),
    judge.pairwise.toFixed(2).padStart(17),
    reference.ratio.toFixed(2).padStart(12),
    reference.pairwise.toFixed(2).padStart(17),
    percent(reference.recall).padStart(9),
    tally.microseconds.toFixed(0).padStart(4),
  ];
  const early = judge.early > 0 ? `  ${judge.early} stopped before the onset` : '';
  console.log(`${family.name.padEnd(26)} ${cells.join('')}${early}`);
}
console.log(`recall over all that counts: ${percent(found / feasible)} of ${feasible}`);
