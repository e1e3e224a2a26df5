import {planDoubts, type PlanDoubt, type Traffic} from '../../../analysis/power.ts';
import type {Plan} from '../../../release/plan.ts';
import type {Messages} from '../../messages/catalogue.ts';
import type {Reading} from '../../reading.ts';
import type {Cleaner} from '../clean.ts';
import {clockwork, count} from '../../../text/format.ts';
import {quantity} from '../verdict/quantity.ts';

/** Fewest requests of prod before its error rate is taken for what it will be. */
const FEWEST = 500;

/** A doubt about a plan in the words of the screen. */
export function doubtWords(
  doubt: PlanDoubt,
  {phases}: Plan,
  t: Messages,
  {name}: Pick<Cleaner, 'name'>,
): string {
  const {code, phase, requests, needed, neededMs, smallestPoints, condition} = doubt;
  const {verdict} = t;
  const phaseName = name(phases[phase]?.name ?? '', 24);
  if (code === 'window-too-short' && condition !== null) {
    const [need, have] = [count(needed), count(requests)];
    return verdict.doubtWindow(phaseName, name(condition.text, 60), need, clockwork(condition.overMs), have);
  }
  if (code === 'criterion-unshown' && condition !== null)
    return verdict.doubtCriterion(
      phaseName,
      name(condition.text, 60),
      neededMs === null ? null : t.age(neededMs),
    );
  const sees = smallestPoints === null ? null : quantity(smallestPoints, 'points', t);
  return verdict.doubt(phaseName, neededMs === null ? null : t.age(neededMs), sees);
}

/** What goes through the feature now, for a forecast; null while too little is known of it. */
export function trafficOf({prod, gray, window}: Pick<Reading, 'prod' | 'gray' | 'window'>): Traffic | null {
  const {requests, errorRate} = prod.numbers;
  const seconds = (window.to - window.from) / 1000;
  if (requests < FEWEST || errorRate === null || seconds <= 0) return null;
  return {requestsPerSecond: (requests + gray.numbers.requests) / seconds, errorRate: errorRate / 100};
}

/** What the phase that runs cannot show at this traffic. */
export function doubtsOfPhase(reading: Reading): PlanDoubt[] {
  const {release} = reading.snapshot.state;
  const traffic = release?.state === 'rolling' ? trafficOf(reading) : null;
  if (release === null || traffic === null) return [];
  return planDoubts(release.plan, traffic).filter(({phase}) => phase === release.phase);
}
