import {plainText} from '../../analysis/plain-text.ts';
import {messagesOf} from '../../console/messages/catalogue.ts';
import {dayAndTime, isSameDay, timeOfDay} from '../../console/present/format.ts';
import type {Commit} from '../../release/commit.ts';
import type {Call, Run} from '../call.ts';
import {EXIT} from '../exit.ts';
import {languageOf} from '../language.ts';
import {openLook, using} from '../session.ts';
import {EventTeller} from '../tell-event.ts';

/** `log [--follow]`: a line for each event, oldest first; with `--json` an object for each commit. */
export const run: Run = call =>
  using(openLook(call), async ({view}) => {
    const {out, flags} = call;
    const tell = teller(call, view.now());
    let told = 0;
    const catchUp = () => {
      for (const commit of view.commits()) {
        if (commit.version <= told) continue;
        told = commit.version;
        if (out.isJson) out.json(asJson(view.feature, commit));
        else for (const line of tell(commit)) out.data(line);
      }
    };
    catchUp();
    if (!flags.follow) {
      if (told === 0) out.say(`nothing happened to ${view.feature} yet`);
      return EXIT.done;
    }
    let breaks = 0;
    const signal = AbortSignal.any([call.interrupted(), out.closed]);
    const stop = view.subscribe(() => {
      const {lastBreak, head} = view.snapshot();
      if (lastBreak !== null && lastBreak.at !== breaks) {
        breaks = lastBreak.at;
        told = 0;
        out.say(`the log did not hold: ${lastBreak.why}. It is read again from its start`);
      }
      if (head !== null && !signal.aborted) catchUp();
    });
    await new Promise<void>(resolve => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });
    stop();
    return EXIT.done;
  });

function asJson(feature: string, {version, at, by, reason, events, id, split}: Commit) {
  const {live, percent, release} = split;
  return {
    schema: 'graydeck.log/1',
    feature,
    version,
    at,
    by,
    reason,
    events,
    id,
    split: {live, percent, release},
  };
}

function teller({flags, out}: Call, now: number): (commit: Commit) => string[] {
  const teller = new EventTeller(messagesOf(languageOf(flags.lang, process.env)));
  return ({at, by, reason, events}) => {
    const time = isSameDay(at, now) ? timeOfDay(at) : dayAndTime(at);
    const who = out.paint('dim', plainText(by, 60));
    return events.map(event => `${out.paint('dim', time)}  ${teller.tell(event, reason)}  ${who}`);
  };
}
