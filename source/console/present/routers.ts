import {appliedBy, type Applied} from '../../audience/applied.ts';
import type {Reading} from '../reading.ts';

/** What the routers say they apply, against what is set; with the range of percents where they differ. */
export interface RouterStanding extends Applied {
  total: number;
  /** Lowest and highest percent applied by live routers; null without any. */
  range: {low: number; high: number} | null;
}

/** Routers of a reading against its split. Routers that left long ago are not counted. */
export function routersAgainst({snapshot, routers, at}: Reading): RouterStanding {
  const {split, splitVersion} = snapshot;
  const applied = appliedBy(routers ?? [], split, splitVersion, at);
  const percents = applied.live.map(router => (router.live ? router.percent : 0));
  const range = percents.length === 0 ? null : {low: Math.min(...percents), high: Math.max(...percents)};
  return {...applied, total: applied.live.length + applied.silent.length, range};
}
