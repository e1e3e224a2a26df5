import {readDuration} from '../../config/values.ts';
import {plainText} from '../../text/plain-text.ts';
import {momentOf} from '../../audience/moment.ts';
import {freezeOf, type FreezeIntent} from '../../release/freeze.ts';
import {readStamp} from '../commands/actor.ts';
import type {Call, Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import {openToAct, sayCaution} from '../session/session.ts';
import {loadSettings} from '../session/settings.ts';
import {quote} from '../../text/quote.ts';
import {dayAndTime} from '../../console/present/moment.ts';

/** `freeze --until T --reason TEXT` and `freeze lift`: no raise of any feature of the store; rollbacks always. */
export const run: Run = async call => {
  const {flags, out, verb} = call;
  const {by} = readStamp(flags);
  const settings = await loadSettings(call);
  const place = await openToAct(settings);
  const {store} = place;
  try {
    sayCaution(call, store);
    const intent = verb.name === 'freeze lift' ? lift(flags.reason) : begin(call, store.now());
    const decision = await place.freeze(intent, by, flags.dryRun);
    if (!decision.ok) {
      const {code, message, remedy} = decision.refusal;
      throw new Failure(EXIT.usage, code, message, remedy);
    }
    const {entry} = decision;
    if (out.isJson)
      out.json({schema: 'graydeck.freeze/1', dryRun: flags.dryRun, entry, frozen: freezeOf(entry)});
    else if (entry === null) out.data('nothing to do: no freeze is on');
    else if (entry.type === 'lift') out.data('the freeze is lifted');
    else
      out.data(
        `raises are frozen until ${dayAndTime(entry.until)}: "${plainText(entry.reason, 200)}"; rollbacks work all the same`,
      );
    return EXIT.done;
  } finally {
    await store.close();
  }
};

function lift(reason: string | undefined): FreezeIntent {
  return {type: 'lift', ...(reason === undefined ? {} : {reason})};
}

/** @throws Failure exit code 2 */
function begin({flags}: Call, now: number): FreezeIntent {
  const {until, reason} = flags;
  if (until === undefined || reason === undefined)
    throw usage(
      'a freeze needs an end and a reason',
      'graydeck freeze --until 18h --reason "audit week"',
      'bad-input',
    );
  return {type: 'freeze', until: readEnd(until, now), reason};
}

/** A time from now, a time of day that comes next where this program runs, or a date, which is UTC without a zone. */
function readEnd(text: string, now: number): number {
  const after = readDuration(text);
  if (after.ok) return now + after.value;
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/u.exec(text) ?? [];
  if (hours !== undefined && Number(hours) < 24 && Number(minutes) < 60) {
    const day = new Date(now);
    day.setHours(Number(hours), Number(minutes), 0, 0);
    if (day.getTime() <= now) day.setDate(day.getDate() + 1);
    return day.getTime();
  }
  const date = momentOf(text);
  if (Number.isFinite(date)) return date;
  throw usage(
    `--until cannot be ${quote(text)}`,
    '--until 18h, --until 08:00 or --until 2026-12-27T08:00+01:00',
    'bad-moment',
  );
}
