import {FEEDBACK_TYPES, type GivenFeedback} from '../../analysis/feedback/feedback.ts';
import {plainText} from '../../text/plain-text.ts';
import {feedbackGroups, feedbackStats, type FeedbackStats} from '../../analysis/feedback/stats.ts';
import type {Paint} from '../output/output.ts';
import {dayAndTime} from '../../console/present/moment.ts';

const NAME_WIDTH = 24;
const MESSAGE_WIDTH = 400;
const HEAD = ['phase', 'version', 'said', 'rating', ...FEEDBACK_TYPES];

/** Feedback in a table: a line a phase and version, and one for all. */
export function statsLines(given: readonly GivenFeedback[], paint: Paint): string[] {
  const groups = feedbackGroups(given);
  const rows = [
    ...groups.map(group => [shown(group.phase), shown(group.version), ...cells(group)]),
    ...(groups.length > 1 ? [['all', '', ...cells(feedbackStats(given))]] : []),
  ];
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map(row => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [paint('dim', line(HEAD)), ...rows.map(line)];
}

/** What people wrote, newest first, under the phase and version they wrote of. */
export function reportLines(given: readonly GivenFeedback[], most: number, paint: Paint): string[] {
  return feedbackGroups(given).flatMap(({phase, version}) => {
    const words = given
      .filter(one => one.phase === phase && one.version === version)
      .toSorted((a, b) => b.at - a.at);
    const left = words.length - most;
    return [
      '',
      paint('bold', `${shown(phase)}  ${shown(version)}`),
      ...words.slice(0, most).map(({at, type, rating, user, message}) => {
        const stars = rating === null ? '—/5' : `${rating}/5`;
        const who = user === null ? '' : `  ${paint('dim', plainText(user, NAME_WIDTH))}`;
        return `  ${dayAndTime(at)}  ${stars}  ${type.padEnd(11)}  ${plainText(message, MESSAGE_WIDTH)}${who}`;
      }),
      ...(left > 0 ? [`  and ${left} more`] : []),
    ];
  });
}

function cells({count, rating, types}: FeedbackStats): string[] {
  return [
    String(count),
    rating === null ? '—' : rating.toFixed(2),
    ...FEEDBACK_TYPES.map(type => String(types[type])),
  ];
}

function shown(name: string | null): string {
  return name === null ? '—' : plainText(name, NAME_WIDTH);
}
