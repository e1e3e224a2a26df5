import {changeOrTime} from '../../controller/working-log.ts';
import {messagesOf} from '../../console/messages/catalogue.ts';
import type {Monitor} from '../../monitor/monitor.ts';
import {statusDocument} from '../../monitor/status-document.ts';
import type {Call} from '../call.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {awayLine, meaningOf, statusLine} from './line.ts';
import {languageOf} from '../../text/language.ts';

const LOOK_EVERY_MS = 1000;

/**
 * Prints one line for each change, until the release ends, the reader goes away or a signal comes; a store that is away is
 * said on stderr. The exit code tells how the release ended: 0 completed, 5 rolled back.
 */
export async function watchStatus(
  call: Call,
  monitor: Pick<Monitor, 'snapshot' | 'view'>,
): Promise<ExitCode> {
  const {out, flags} = call;
  const messages = messagesOf(languageOf(flags.lang, process.env));
  const signal = AbortSignal.any([call.interrupted(), out.closed]);
  let told = '';
  while (!signal.aborted) {
    const seen = monitor.snapshot();
    const status = statusDocument(seen);
    const {link} = seen.snapshot;
    // What is known is old then, and silence must not be taken for news.
    const isAway = link.state === 'away';
    const meaning = isAway ? link.state : meaningOf(status);
    if (meaning !== told) {
      told = meaning;
      if (isAway) out.say(awayLine(status, messages, {now: seen.now, since: link.since}));
      else if (out.isJson) out.json(status);
      else out.data(statusLine(status, messages, seen.now));
    }
    if (status.state === 'completed') return EXIT.done;
    if (status.state === 'rolled_back') return EXIT.against;
    await changeOrTime(monitor.view, LOOK_EVERY_MS, signal);
  }
  return EXIT.done;
}
