import {isLive} from '../release/state.ts';
import type {Deck, Attendance} from './deck.ts';
import {messagesOf} from './messages/catalogue.ts';
import {briefLines, briefOf} from './present/brief.ts';
import {MASKED, OPEN} from './present/clean.ts';
import {readingOf} from './reading.ts';
import type {Ui} from './ui.ts';
import {setPercent} from '../text/format.ts';
import {timeOfDay} from './present/moment.ts';

/** Changes that the farewell lists: it leaves room for what stood on the terminal before. */
const MOST_CHANGES = 6;

/** What the normal screen says after the console is gone: a brief for the next person. */
export function farewell(deck: Deck, done: Ui['done'], presence: Attendance): string {
  const t = messagesOf(deck.mode.lang);
  const clean = deck.mode.share ? MASKED : OPEN;
  const seen = deck.monitor.snapshot();
  const {release} = seen.snapshot.state;
  const feature = clean.name(deck.monitor.feature);
  const lines: string[] = [];
  const isDemo = deck.mode.demo;
  if (release === null) {
    lines.push(t.farewell.idle(feature));
  } else {
    const words = [feature, clean.name(release.version), t.states[release.state]] as const;
    const phase = clean.name(release.plan.phases[release.phase]?.name ?? '');
    if (!isLive(release)) lines.push(t.farewell.over(...words));
    // What a simulated service did ends with it.
    else if (!isDemo)
      lines.push(`${t.farewell.going(...words)} ${t.farewell.at(setPercent(release.percent), phase)}`);
    if (!isDemo) {
      const scene = {reading: readingOf(deck, seen), histories: new Map(), t, clean, mayAct: false};
      const [, ...brief] = briefLines(briefOf(scene, without(presence, deck), true), t, MOST_CHANGES);
      lines.push(...brief);
    }
  }
  if (seen.store.health.state === 'away') lines.push(t.farewell.away);
  if (done.length > 0) {
    lines.push(t.farewell.done, ...done.map(({at, text}) => `  ${timeOfDay(at)}  ${text}`));
  }
  lines.push(isDemo ? t.farewell.demo : t.farewell.again(feature));
  return `${lines.join('\n')}\n`;
}

/** Who is left once this console is gone. */
function without({acting, viewers}: Attendance, {actor}: Deck): Attendance {
  const own = acting.indexOf(actor.name);
  return {acting: acting.filter((_, index) => index !== own), viewers};
}
