/**
 * What one decision costs, next to flagd-core, GrowthBook and Unleash doing the same: A, 10 % by user id; B, a list of
 * 1 000, else two attributes and 20 %. A fresh process each time, interleaved; medians with their spread.
 *
 * `node test/bench/decide.ts [--rounds 5] [--seconds 1.5]`
 */
import {execFile} from 'node:child_process';
import {parseArgs, promisify} from 'node:util';
import {quantile} from './quantile.ts';
import {keepRow} from './rows.ts';

const {values} = parseArgs({
  options: {rounds: {type: 'string', default: '5'}, seconds: {type: 'string', default: '1.5'}},
});
const CONTENDER = new URL('decide-contender.ts', import.meta.url).pathname;
const PEERS: Readonly<Record<string, string>> = {
  flagd: '@openfeature/flagd-core',
  growthbook: '@growthbook/growthbook',
  unleash: 'unleash-client',
};
const CASES: Readonly<Record<string, string>> = {
  A: '10 % by user',
  B: 'a list of 1 000, else two attributes and 20 %',
};
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
    for (const who of ['ours', ...Object.keys(PEERS)]) {
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
  for (const who of ['ours', ...Object.keys(PEERS)]) {
    const key = `${what} ${who}`;
    const [low, middle, high] = [0, 0.5, 1].map(share => of(key, 'nanoseconds', share).toFixed(1));
    const users = (of(key, 'share') * 100).toFixed(1);
    const kept = (of(key, 'keptBytes') / 1024).toFixed(0);
    console.log(
      `${key.padEnd(12)} ${middle} ns (${low}..${high}), ${users} % gray, heap ${kept} KiB more after ${of(key, 'decisions').toExponential(1)}`,
    );
  }
  for (const [who, name] of Object.entries(PEERS)) {
    const [ours, theirs] = [of(`${what} ours`, 'nanoseconds'), of(`${what} ${who}`, 'nanoseconds')];
    console.log(`${what}: ${(theirs / ours).toFixed(1)} times as fast as ${name} (goal ${goal})`);
    const peer = {name, value: theirs};
    keepRow({bench: 'decide', what: CASES[what] ?? what, unit: 'ns', better: 'lower', ours, peer, goal});
  }
}
