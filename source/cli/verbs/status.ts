import {setTimeout as pause} from 'node:timers/promises';
import {messagesOf} from '../../console/messages/catalogue.ts';
import type {Call, Run} from '../call.ts';
import {readTypedDuration} from '../duration.ts';
import {EXIT} from '../exit.ts';
import {usage} from '../failure.ts';
import {languageOf} from '../language.ts';
import {openMeasurements} from '../measure.ts';
import {openLook, using} from '../session.ts';
import {statusDocument} from '../status/document.ts';
import {observe} from '../status/observe.ts';
import {statusText} from '../status/text.ts';
import {watchStatus} from '../status/watch.ts';

const LONGEST_MS = 24 * 3_600_000;
/** Samples are told of a moment after they happened, in milliseconds. */
const LATE_MS = 10_000;
const PATIENCE_MS = 5000;

/** `status`: how it stands, once or at each change. */
export const run: Run = async call => {
  const windowMs = readWindow(call);
  const {out, flags} = call;
  return await using(openLook(call), async ({feature, view, settings}) => {
    const measurements = openMeasurements(feature, view, settings, {
      historyMs: windowMs + LATE_MS,
      keepSeconds: Math.ceil((windowMs + LATE_MS) / 1000),
    });
    try {
      // A store that is slow to tell its samples must not keep the rest back.
      const isRead = await Promise.race([
        measurements.start().then(() => true),
        pause(PATIENCE_MS, false, {ref: false}),
      ]);
      if (flags.watch) return await watchStatus(call, feature, view, measurements.windows, windowMs);
      const observed = await observe(feature, view, isRead ? measurements.windows : null, windowMs);
      const status = statusDocument(observed);
      const messages = messagesOf(languageOf(flags.lang, process.env));
      if (out.isJson) out.json(status);
      else for (const line of statusText(status, messages, out.paint, observed.now)) out.data(line);
      return EXIT.done;
    } finally {
      await measurements.close();
    }
  });
};

/** How far the numbers look back, in milliseconds. @throws Failure exit code 2. */
export function readWindow({flags}: Call): number {
  const ms = flags.window === undefined ? 300_000 : readTypedDuration('--window', flags.window);
  if (ms >= 1000 && ms <= LONGEST_MS) return ms;
  throw usage('--window is shorter than a second or longer than a day', '--window 5m', 'bad-duration');
}
