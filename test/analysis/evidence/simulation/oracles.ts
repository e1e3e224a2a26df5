import type {EvidenceTick, SideTick} from '../../../../source/analysis/evidence/tick.ts';
import type {Watched} from './families.ts';
import type {Setting} from './launch.ts';

/** A judge that is told what no judge can know. Its second of stopping, by `step`. */
export interface Oracle {
  /** True once it has stopped. */
  step(tick: EvidenceTick): boolean;
}

const hits = (side: SideTick, watched: Watched, bucket: number): {x: number; n: number} => {
  if (watched === 'errors') return {x: side.errors, n: side.requests};
  if (watched === 'conversions') return {x: side.conversions, n: side.requests};
  let x = 0;
  for (const [at, count] of side.hist) if (at >= bucket) x += count;
  return {x, n: side.requests};
};

/** Rates of both sides and, for tails, the bucket that a two-sample judge tells them apart by fastest. */
function knownRates(setting: Setting, watched: Watched, at: number) {
  const prod = setting.truth('prod', at);
  const gray = setting.truth('gray', at);
  if (watched !== 'tail') return {bucket: 0, p0: prod[watched], p1: gray[watched]};
  let best = {bucket: 0, p0: 0.5, p1: 0.5};
  let most = 0;
  const s = setting.share;
  for (let bucket = 1; bucket < 140; bucket++) {
    const p0 = Math.max(1e-6, setting.latencies.above(bucket, prod));
    const p1 = Math.max(1e-6, setting.latencies.above(bucket, gray));
    const events = (1 - s) * p0 + s * p1;
    const share = (s * p1) / events;
    const growth = events * (share * Math.log(share / s) + (1 - share) * Math.log((1 - share) / (1 - s)));
    if (p1 > p0 && growth > most) {
      most = growth;
      best = {bucket, p0, p1};
    }
  }
  return best;
}

/**
 * `sprt`: Wald's test of gray's rate, both rates known. `two-sample`: the effect known, the base learned from prod in
 * the same second (detection anchors A4, 4). Both know the onset and the metric.
 */
export function makeOracle(
  kind: 'sprt' | 'two-sample',
  setting: Setting,
  watched: Watched,
  limit: number,
): Oracle {
  const at = Number.isFinite(setting.onset) ? setting.onset : 1;
  const begin = knownRates(setting, watched, at + 1);
  const moves = setting.truth('gray', at + 1).errors !== setting.truth('gray', at + 100).errors;
  let log = 0;
  return {
    step(tick) {
      if (tick.t < at) return false;
      const {bucket, p0, p1} = moves ? knownRates(setting, watched, tick.t) : begin;
      const gray = hits(tick.gray, watched, bucket);
      const prod = hits(tick.prod, watched, bucket);
      const all = gray.n + prod.n;
      if (kind === 'sprt')
        log += gray.x * Math.log(p1 / p0) + (gray.n - gray.x) * Math.log((1 - p1) / (1 - p0));
      else if (all > 0)
        log += gray.x * Math.log(p1 / p0) - (gray.x + prod.x) * Math.log1p((p1 / p0 - 1) * (gray.n / all));
      return log >= limit;
    },
  };
}
