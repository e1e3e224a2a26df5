import {plainText} from '../../text/plain-text.ts';
import type {Messages} from '../../console/messages/catalogue.ts';
import {percent as asPercent, clockwork, milliseconds, setPercent, UNKNOWN} from '../../text/format.ts';
import type {StatusDocument} from '../../monitor/status-document.ts';
import {timeOfDay} from '../../console/present/moment.ts';

/** That nothing is heard of the store, since when, and that the line before is the last that is known. */
export function awayLine(
  {feature}: StatusDocument,
  t: Messages,
  {now, since}: {now: number; since: number},
): string {
  return [timeOfDay(now), feature, `✖ ${t.headlines.logAway(clockwork(now - since))}`].join('  ');
}

/** The status in one plain line, for a stream of them. */
export function statusLine(status: StatusDocument, t: Messages, now: number): string {
  const {feature, version, state, phase, percent, routers, sides, verdict, alerts} = status;
  const open = alerts.filter(({resolvedAt}) => resolvedAt === null);
  const unseen = open.filter(({acknowledgedBy}) => acknowledgedBy === null);
  const known = (value: number | null, write: (value: number) => string) =>
    value === null ? UNKNOWN : write(value);
  const parts = [
    timeOfDay(now),
    feature,
    version === null ? '' : plainText(version, 60),
    t.states[state],
    phase.name === null || state === 'completed' || state === 'rolled_back' ? '' : plainText(phase.name, 40),
    `${setPercent(percent.set)} ${t.percents.set}`,
    `${known(percent.applied, setPercent)} ${t.percents.applied}`,
    routers.live === null || routers.live === 0
      ? ''
      : `${t.lights.routers} ${routers.confirmed}/${routers.live}`,
    `${t.sides.prod} ${known(sides.prod.errorRate, asPercent)} ${known(sides.prod.responseTime.p95, milliseconds)}`,
    `${t.sides.gray} ${known(sides.gray.errorRate, asPercent)} ${known(sides.gray.responseTime.p95, milliseconds)}`,
    verdict.action === 'pause' || verdict.action === 'rollback'
      ? `✖ ${t.judge.title} ${t.actions[verdict.action]}`
      : '',
    open.length === 0 ? '' : t.log.alerts(open.length, unseen.length),
  ];
  return parts.filter(part => part !== '').join('  ');
}

/** What must differ for another line to be written: meaning, not every number. */
export function meaningOf({
  state,
  phase,
  percent,
  routers,
  release,
  steps,
  verdict,
  alerts,
}: StatusDocument): string {
  return JSON.stringify([
    release,
    state,
    phase.index,
    percent.set,
    percent.applied,
    routers,
    steps.map(step => step.state),
    verdict.action,
    alerts.map(({id, acknowledgedBy, resolvedAt}) => [id, acknowledgedBy, resolvedAt]),
  ]);
}
