import {plainText} from '../../analysis/plain-text.ts';
import {messagesOf} from '../../console/messages/catalogue.ts';
import {dayAndTime, isSameDay, timeOfDay} from '../../console/present/format.ts';
import {authorOf, type Commit} from '../../release/commit.ts';
import type {State} from '../../release/state.ts';
import type {Call} from '../call.ts';
import {languageOf} from '../command-line/language.ts';
import {EventText} from './event-text.ts';

/** A commit for machines, as a document of its own where they are told one by one: `graydeck.commit/1`. */
export function commitDocument(feature: string, commit: Commit) {
  return {schema: 'graydeck.commit/1', feature, ...commitFacts(commit)};
}

/** The whole log for machines: `graydeck.log/1`. */
export function logDocument(feature: string, commits: readonly Commit[]) {
  return {schema: 'graydeck.log/1', feature, commits: commits.map(commitFacts)};
}

function commitFacts({version, at, by, authenticated, reason, events, id, parent, split}: Commit) {
  const {live, percent, release} = split;
  const who = {by, authenticated: authenticated ?? null};
  return {version, at, ...who, reason, events, id, parent, split: {live, percent, release}};
}

/**
 * A commit for people: a line for each event. `state`: where the log stands before the first that is told; `head`: put
 * between time and event.
 */
export function commitLines(
  {flags, out}: Call,
  now: number,
  {state, head = ''}: {state?: State; head?: string} = {},
): (commit: Commit) => string[] {
  const texts = new EventText(messagesOf(languageOf(flags.lang, process.env)), state);
  return ({at, by, authenticated, reason, events}) => {
    const time = isSameDay(at, now) ? timeOfDay(at) : dayAndTime(at);
    const who = out.paint('dim', plainText(authorOf({by, authenticated}), 120));
    return events.map(event => `${out.paint('dim', time)}  ${head}${texts.sentence(event, reason)}  ${who}`);
  };
}
