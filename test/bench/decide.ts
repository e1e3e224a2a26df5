/**
 * What one decision costs, beside the fastest of the peers (flagd-core) doing the same: A, 10 % by user id; B, a list of
 * 1 000, else two attributes and 20 %. A fresh process each time, interleaved; medians with their spread.
 *
 * `node test/bench/decide.ts [--rounds 5] [--seconds 1.5]`
 */
import {execFile} from 'node:child_process';
import {parseArgs, promisify} from 'node:util';
import {quantile} from './quantile.ts';

const {values} = parseArgs({
  options: {rounds: {type: 'string', default: '5'}, seconds: {type: 'string', default: '1.5'}},
});
const CONTENDER = new URL('decide-contender.ts', import.meta.url).pathname;
const GOALS: Readonly<Record<string, number>> = {A: 10, B: 25};

interface Measured {
  nanoseconds: number;
  share: number;
  decisions: number;
  keptBytes: number;
}

const measured = new Map<string, Measured[]>();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const what of Object.keys(GOALS)) {
    for (const who of ['ours', 'flagd']) {
      const argv = [CONTENDER, '--who', who, '--case', what, '--seconds', values.seconds];
      const {stdout} = await promisify(execFile)(process.execPath, argv);
      const key = `${what} ${who}`;
      measured.set(key, [...(measured.get(key) ?? []), JSON.parse(stdout) as Measured]);
    }
  }
}
const of = (key: string, field: keyof Measured, share = 0.5) =>
  quantile(
    (measured.get(key) ?? []).map(one => one[field]),
    share,
  );
for (const [what, goal] of Object.entries(GOALS)) {
  for (const who of ['ours', 'flagd']) {
    const key = `${what} ${who}`;
    const [low, middle, high] = [0, 0.5, 1].map(share => of(key, 'nanoseconds', share).toFixed(1));
    const users = (of(key, 'share') * 100).toFixed(1);
    const kept = (of(key, 'keptBytes') / 1024).toFixed(0);
    console.log(
      `${key.padEnd(8)} ${middle} ns (${low}..${high}), ${users} % gray, heap ${kept} KiB more after ${of(key, 'decisions').toExponential(1)}`,
    );
  }
  const times = of(`${what} flagd`, 'nanoseconds') / of(`${what} ours`, 'nanoseconds');
  console.log(`${what}: ${times.toFixed(1)} times as fast (goal ${goal})`);
}
