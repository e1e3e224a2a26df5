import {forecastPhase} from '../../analysis/power.ts';
import {closedHours} from '../../release/raise-hours.ts';
import type {Release} from '../../release/state.ts';
import {count, setPercent, threeDigits} from '../../text/format.ts';
import {trafficOf} from './headlines/doubts.ts';
import {say, type Line} from './line.ts';
import {routersAgainst} from './routers.ts';
import type {MetricRow} from './sides/metric-rows.ts';
import {quantity} from './verdict/quantity.ts';
import type {ViewModel} from './view-model.ts';

const LISTED_AT_MOST = 3;
/** Without routers that say it: after so long a router that is cut off is at prod by itself, milliseconds. */
const BOUND_MS = 15_000;
const MINUTE_MS = 60_000;

/** A raise: percents, and the index of the phase whose audience counts. */
export interface Raise {
  from: number;
  to: number;
  phase: number;
}

/**
 * Who gets gray that had not: requests and users, estimated from what both sides see now; how many of them are on gray before a
 * rollback would have reached every router, and what the judge can see in that time.
 */
export function exposure({from, to, phase}: Raise, release: Release, scene: ViewModel): Line[] {
  const {reading, t} = scene;
  const audience = release.plan.phases[phase]?.audience ?? null;
  const who = audience === null ? t.dialogs.everyone : t.dialogs.limited;
  const prod = reading.prod.numbers;
  const gray = reading.gray.numbers;
  const perSecond = (prod.requestsPerSecond ?? 0) + (gray.requestsPerSecond ?? 0);
  if (perSecond <= 0) return [[say(who, 'quiet')], [say('▲ ', 'warn'), say(t.dialogs.unknownReach)]];
  // Inside an audience the share of all requests is not known; what gray gets now scales with the percent.
  const now = gray.requestsPerSecond ?? 0;
  const then = audience === null || from === 0 ? (perSecond * to) / 100 : (now * to) / from;
  const users = audience === null ? (prod.activeUsers ?? 0) + (gray.activeUsers ?? 0) : 0;
  const boundMs = Math.max(0, ...routersAgainst(reading).live.map(router => router.boundMs)) || BOUND_MS;
  const atOnce = users === 0 ? null : count((users * to * Math.min(1, boundMs / MINUTE_MS)) / 100);
  const reach = [
    who,
    t.dialogs.moreRequests(`${threeDigits(now)} /s`, `${threeDigits(then)} /s`),
    ...(users > 0 ? [t.dialogs.moreUsers(count((users * (to - from)) / 100))] : []),
  ];
  return [
    [say(reach.join(' · '))],
    [say(t.dialogs.exposed(boundMs / 1000, count((then * boundMs) / 1000), atOnce))],
    ...seenMeanwhile(to, boundMs, scene),
  ];
}

/** The smallest rise of errors that evidence can show while a rollback would be on its way. */
function seenMeanwhile(percent: number, durationMs: number, {reading, t}: ViewModel): Line[] {
  if (percent >= 100) return [[say(t.dialogs.seesNoProd, 'quiet')]];
  const traffic = trafficOf(reading);
  const forecast = traffic === null ? null : forecastPhase({percent, durationMs}, traffic);
  if (forecast === null) return [];
  const {smallestPoints} = forecast;
  const rise = smallestPoints === null ? null : quantity(smallestPoints, 'points', t);
  return [[say(t.dialogs.sees(durationMs / 1000, rise), 'quiet')]];
}

/** What speaks against going up, or stands in the way of it. */
export function against(rows: readonly MetricRow[], release: Release, {reading, t}: ViewModel): Line[] {
  const warn = (text: string): Line => [say('▲ ', 'warn'), say(text)];
  const {guard} = reading.snapshot.state;
  const {plan} = release;
  const worse = rows.filter(row => row.compared.standing === 'worse');
  const list = worse
    .slice(0, LISTED_AT_MOST)
    .map(row => `${row.label} ${row.texts.gray}`)
    .join(', ');
  const closed = closedHours(plan.raise, reading.at);
  const needsTwo = plan.approval === 2 || plan.phases.some(phase => phase.approval === 2);
  return [
    ...(worse.length > 0 ? [[say('✖ ', 'bad'), say(t.dialogs.standsOut(list), 'bad')]] : []),
    ...(closed === null ? [] : [warn(t.dialogs.hoursClosed(closed.text))]),
    ...(needsTwo ? [warn(t.dialogs.needsTwo)] : []),
    ...(release.disabled === null ? [] : [warn(t.dialogs.isDisabled)]),
    ...(guard === null || guard.left ? [[say('○ ', 'quiet'), say(t.dialogs.noGuard, 'quiet')]] : []),
  ];
}

/** `20 % → 100 %` and what that means, and the phases that are passed over. */
export function toEveryone(
  {from, phase}: Pick<Raise, 'from' | 'phase'>,
  meaning: string,
  release: Release,
  {t, clean}: ViewModel,
): Line[] {
  const skipped = release.plan.phases
    .slice(phase + 1)
    .filter(({percent}) => percent < 100 && percent > from)
    .map(({name, percent}) => `${clean.name(name, 24)} ${setPercent(percent)}`);
  const change = from >= 100 ? '' : `${t.dialogs.change(setPercent(from), setPercent(100))}   `;
  return [
    [say(change, 'strong'), say(meaning)],
    ...(skipped.length === 0
      ? []
      : [[say('▲ ', 'warn'), say(t.dialogs.skips(skipped.length, skipped.join(' · ')))]]),
  ];
}
