import type {EvidenceTick, HistoryTick} from '../../../../source/analysis/evidence/tick.ts';
import {Chance} from './chance.ts';
import {MIXES, type Mix} from './mixes.ts';
import {Latencies, Source, type Host, type Truth} from './world.ts';

const HISTORY_SECONDS = 300;
/** What clusters there are has begun before anybody looks. */
const WARM_SECONDS = 90;

/** What a launch is made of; every family changes some of it. */
export interface Setting {
  requestsPerSecond: number;
  share: number;
  base: Truth;
  latencies: Latencies;
  /** Second from which gray is worse; infinite for a healthy gray. */
  onset: number;
  /** The truth of a side at second `t`, before or in the release (t ≥ 1), given the base. */
  truth: (side: 'prod' | 'gray', t: number) => Truth;
  /** Mean requests of all at second `t`. */
  traffic: (t: number) => number;
  /** Gray's share at second `t`. */
  shareAt: (t: number) => number;
  margin: number;
  /** Hosts of each side, which differ; null: all alike, and none is named. */
  hosts: {prod: Host[]; gray: Host[]} | null;
}

export interface Launch {
  setting: Setting;
  history: HistoryTick[];
  ticks: () => Generator<EvidenceTick>;
}

export type Shape = (setting: Setting, chance: Chance, horizon: number) => void;

/** A launch of these numbers; the same seed gives the same one. */
export function makeLaunch(
  shape: Shape,
  seed: number,
  horizon: number,
  mix: Mix = MIXES.thin,
  withPeople = false,
): Launch {
  const chance = new Chance(seed);
  const requestsPerSecond = mix.requestsPerSecond(chance);
  const share = mix.share(chance);
  const base: Truth = {
    errors: 0.005,
    conversions: 0.05,
    slower: 0,
    tailFrom: 1,
    tailBy: 0,
    burst: 1,
    conversionBurst: 1,
    spread: 1,
    isSticky: false,
  };
  const latencies = new Latencies(
    new Chance(7 + Math.floor(chance.uniform() * 8)),
    chance.between(60, 240),
    chance.between(0.4, 0.8),
    0,
  );
  const setting: Setting = {
    requestsPerSecond,
    share,
    base,
    latencies,
    onset: Number.POSITIVE_INFINITY,
    truth: () => base,
    traffic: () => requestsPerSecond,
    shareAt: () => share,
    margin: 0,
    hosts: null,
  };
  shape(setting, chance, horizon);
  const prod = new Source(withPeople, setting.hosts?.prod);
  const gray = new Source(withPeople, setting.hosts?.gray);
  if (setting.base.burst > 1 || setting.base.conversionBurst > 1)
    for (let t = 0; t < WARM_SECONDS; t++) {
      prod.warm(chance.poisson(requestsPerSecond * (1 - share)), setting.base, chance);
      gray.warm(chance.poisson(requestsPerSecond * share), setting.base, chance);
    }
  const history: HistoryTick[] = [];
  for (let t = 1 - HISTORY_SECONDS; t <= 0; t++) {
    const requests = chance.poisson(setting.traffic(t));
    history.push({t, prod: prod.tick(requests, setting.truth('prod', t), setting.latencies, chance)});
  }
  return {
    setting,
    history,
    *ticks() {
      for (let t = 1; t <= horizon; t++) {
        const all = setting.traffic(t);
        const at = setting.shareAt(t);
        yield {
          t,
          grayShare: at,
          prod: prod.tick(
            chance.poisson(all * (1 - at)),
            setting.truth('prod', t),
            setting.latencies,
            chance,
          ),
          gray: gray.tick(chance.poisson(all * at), setting.truth('gray', t), setting.latencies, chance),
        };
      }
    },
  };
}
