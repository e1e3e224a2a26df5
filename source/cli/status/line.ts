import {plainText} from '../../analysis/plain-text.ts';
import type {Messages} from '../../console/messages/catalogue.ts';
import {
  percent as asPercent,
  milliseconds,
  setPercent,
  timeOfDay,
  UNKNOWN,
} from '../../console/present/format.ts';
import type {StatusDocument} from './document.ts';

/** The status in one plain line, for a stream of them. */
export function statusLine(status: StatusDocument, t: Messages, now: number): string {
  const {feature, version, state, phase, percent, routers, sides} = status;
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
