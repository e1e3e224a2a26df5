import {dayAndTime} from '../../console/present/format.ts';
import {closedHours, nextOpening} from '../../release/raise-hours.ts';
import type {Release} from '../../release/state.ts';

/** What a person answers for who raises outside of the hours of plan and project; empty: they are open. */
export function hoursQuestion({plan}: Pick<Release, 'plan'>, now: number): string[] {
  const closed = closedHours(plan.raise, now);
  if (closed === null) return [];
  const opens = nextOpening(plan.raise ?? [], now);
  const then = opens === null ? '' : ` They are open again ${dayAndTime(opens)}.`;
  return [`It is outside of the raise hours (${closed.text}): the guard would wait.${then}`];
}
