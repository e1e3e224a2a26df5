import type {State} from '../release/state.ts';
import type {Messages} from './messages/catalogue.ts';
import type {Cleaner} from './present/clean.ts';
import {alertText} from './present/verdict/reason-text.ts';

/** What the terminal is to say beside the screen. */
export interface Alarm {
  /** What there is to hear, by name: each that is new rings once. */
  heard: readonly string[];
  /** For the title of the window; null: its own. */
  title: string | null;
}

const TITLE_WIDTH = 80;

/** Unacknowledged critical alerts, each time they are raised or repeated, and rollbacks. Pure. */
export function alarmOf({feature, alerts, release}: State, t: Messages, clean: Cleaner): Alarm {
  const open = alerts.filter(
    alert =>
      alert.level === 'critical' &&
      alert.resolvedAt === null &&
      alert.acknowledgedAt === null &&
      !alert.silenced,
  );
  const heard = open.map(({id, escalations}) => `${id} ${escalations}`);
  if (release !== null && release.rollback !== null) heard.push(`rollback ${release.id}`);
  const newest = open.at(-1);
  const name = clean.name(feature);
  if (newest !== undefined)
    return {heard, title: clean.name(`✖ ${name}: ${alertText(newest, {t, clean})}`, TITLE_WIDTH)};
  return {heard, title: release?.state === 'rolling_back' ? `◀ ${name}: ${t.states.rolling_back}` : null};
}
