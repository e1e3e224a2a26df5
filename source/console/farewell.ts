import type {Deck} from './deck.ts';
import {messagesOf} from './messages/catalogue.ts';
import {MASKED, OPEN} from './present/clean.ts';
import {setPercent, timeOfDay} from './present/format.ts';
import {isLive} from '../release/state.ts';
import type {Ui} from './ui.ts';
import {alertText} from './present/verdict/reason-text.ts';

/** What the normal screen says after the console is gone: the release goes on, and who watches it now. */
export function farewell(deck: Deck, done: Ui['done']): string {
  const t = messagesOf(deck.mode.lang);
  const clean = deck.mode.share ? MASKED : OPEN;
  const {snapshot, store, isOwnGuard} = deck.monitor.snapshot();
  const {release, guard, alerts} = snapshot.state;
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
    else if (!isDemo) {
      lines.push(`${t.farewell.going(...words)} ${t.farewell.at(setPercent(release.percent), phase)}`);
      const isLeft = guard === null || guard.left || isOwnGuard;
      lines.push(isLeft ? t.farewell.noGuard : t.farewell.guard(clean.who(guard.name)));
    }
  }
  const alert = alerts.at(-1);
  if (alert !== undefined) {
    const seen =
      alert.acknowledgedBy === null
        ? t.farewell.unacknowledged
        : t.farewell.acknowledged(clean.who(alert.acknowledgedBy));
    lines.push(t.farewell.alert(timeOfDay(alert.raisedAt), alertText(alert, {t, clean}), seen));
  }
  if (store.health.state === 'away') lines.push(t.farewell.away);
  if (done.length > 0) {
    lines.push(t.farewell.done, ...done.map(({at, text}) => `  ${timeOfDay(at)}  ${text}`));
  }
  lines.push(isDemo ? t.farewell.demo : t.farewell.again(feature));
  return `${lines.join('\n')}\n`;
}
