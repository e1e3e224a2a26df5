import type {Commit} from '../../../release/commit.ts';
import type {Event} from '../../../release/event.ts';
import {isKnownEvent} from '../../../release/event-shape.ts';
import {say, type Line, type Tone} from '../line.ts';
import {logRows} from '../log/rows.ts';
import {LEVEL_MARKS, STATE_MARKS} from '../marks.ts';
import type {ViewModel} from '../view-model.ts';
import {COMMITS_AT_MOST, type PercentChange} from './percent-changes.ts';
import {setPercent} from '../../../text/format.ts';

/** Something that happened at a moment, on the line below a chart. */
export interface ChartMark {
  at: number;
  text: string;
  tone: Tone;
}

const RESUMED = '▶';
/** Steps after which other code runs. */
const DEPLOYING: ReadonlySet<string> = new Set(['deploy.deploy', 'promotion.promote']);
const EVENTS_AT_MOST = 3;

/** Changes of the percentage, the newest first. */
export function changeMarks(changes: readonly PercentChange[]): ChartMark[] {
  return changes.toReversed().map(({at, from, to, isRollback}) => ({
    at,
    text: `${isRollback ? '◀' : to > from ? '▲' : '▼'} ${setPercent(to)}`,
    tone: isRollback ? 'bad' : 'gray',
  }));
}

/** Alerts, pauses, resumes and deployments, the newest first. */
export function eventMarks(commits: readonly Commit[]): ChartMark[] {
  const marks = commits
    .slice(-COMMITS_AT_MOST)
    .flatMap(({at, events}) =>
      events.filter(isKnownEvent).flatMap(event => markOf(event).map(mark => ({at, ...mark}))),
    );
  return marks.toReversed();
}

function markOf(event: Event): Omit<ChartMark, 'at'>[] {
  switch (event.type) {
    case 'alert-raised': {
      const {mark, tone} = LEVEL_MARKS[event.level];
      return [{text: mark, tone}];
    }
    case 'release-paused':
      return [{text: STATE_MARKS.paused.mark, tone: 'warn'}];
    case 'release-resumed':
      return [{text: RESUMED, tone: 'strong'}];
    case 'step-started':
      return DEPLOYING.has(event.step) ? [{text: STATE_MARKS.deploying.mark, tone: 'strong'}] : [];
    default:
      return [];
  }
}

/** What the log says of a measurement's time, as one line; null: nothing. */
export function eventsAt({reading, t, clean}: ViewModel, from: number, measuredMs: number): Line | null {
  const {snapshot, commits} = reading;
  const rows = logRows({snapshot, commits, t, clean}).filter(({at}) => at >= from && at < from + measuredMs);
  if (rows.length === 0) return null;
  return rows
    .slice(0, EVENTS_AT_MOST)
    .flatMap(({mark, tone, text}, index) => [
      ...(index === 0 ? [] : [say('   ')]),
      say(`${mark} `, tone),
      say(text),
    ]);
}
