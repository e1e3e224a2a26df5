import {setTimeout as pause} from 'node:timers/promises';
import {isEndless} from '../../analysis/judge/reasons.ts';
import {together} from '../../analysis/judge/external.ts';
import {freezeOf} from '../../release/freeze.ts';
import {hasGrayRoute} from '../../release/derive-split.ts';
import {messagesOf} from '../../console/messages/catalogue.ts';
import {clockwork} from '../../console/present/format.ts';
import type {Call, Run} from '../call.ts';
import {readTypedDuration} from '../command-line/duration.ts';
import {EXIT} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {openFeedback, rowsOf} from '../../monitor/feedback.ts';
import {unknownFeature} from '../session/feature.ts';
import {openMeasuring} from '../../monitor/measuring.ts';
import {languageOf} from '../command-line/language.ts';
import type {Measurements} from '../../metrics/follower.ts';
import {monitorSettings} from '../prometheus/address.ts';
import {openPrometheus} from '../../monitor/prometheus.ts';
import {troublesOf} from '../prometheus/troubles.ts';
import {openLook, using} from '../session/session.ts';
import {beginJudging, type StatusJudging} from '../status/judging.ts';
import {statusDocument} from '../../monitor/status-document.ts';
import {observe} from '../status/observe.ts';
import {statusText} from '../status/text.ts';
import {watchStatus} from '../status/watch.ts';

const LONGEST_MS = 24 * 3_600_000;
/** Samples are told of a moment after they happened, in milliseconds. */
const LATE_MS = 10_000;
const PATIENCE_MS = 5000;
/** As much of the past as a guard that begins, in milliseconds. */
const JUDGED_MS = 15 * 60_000;

/** `status`: how it stands, once or at each change. */
export const run: Run = async call => {
  const windowMs = readWindow(call);
  const {out, flags} = call;
  if (flags.watch) call.interrupted();
  const messages = messagesOf(languageOf(flags.lang, process.env));
  return await using(openLook(call), async ({store, feature, view, settings}) => {
    const prometheus = await openPrometheus(await monitorSettings(settings), view, {historyMs: 0});
    const feedback = openFeedback(feature, view);
    const said = rowsOf(feedback, view, prometheus);
    const told = {snapshot: () => [...(prometheus?.snapshot() ?? []), ...said.snapshot()]};
    // What is judged looks back further than the numbers do.
    const isJudged = flags.watch || hasGrayRoute(view.snapshot().state.release);
    const historyMs = Math.max(windowMs + LATE_MS, isJudged ? JUDGED_MS : 0);
    const keepSeconds = Math.ceil(historyMs / 1000);
    const measuring = openMeasuring(feature, view, settings, {historyMs, keepSeconds});
    const {measurements} = measuring;
    let judging: StatusJudging | null = null;
    try {
      const asked = Promise.all([prometheus?.start(), feedback.start()]);
      const isRead = await readOnce(measurements);
      await Promise.race([asked, pause(PATIENCE_MS, undefined, {ref: false})]);
      if (prometheus !== null && !out.isJson)
        for (const line of troublesOf(prometheus, messages)) out.say(line);
      const {away, aheadMs, junk, lastJunk} = measurements.status();
      if (away !== null && !out.isJson) out.say(messages.headlines.streamAway(away));
      if (aheadMs !== null && !out.isJson)
        out.say(messages.headlines.ahead(isEndless(aheadMs) ? null : clockwork(aheadMs)));
      if (lastJunk !== null && !out.isJson) out.say(messages.headlines.junk(junk, lastJunk));
      if (isRead && isJudged)
        judging = beginJudging({feature, view, settings}, measuring, together(prometheus, feedback));
      const judged = () => judging?.judged() ?? null;
      if (flags.watch) return await watchStatus(call, feature, view, measurements, windowMs, told, judged);
      await Promise.race([judging?.first, pause(PATIENCE_MS, undefined, {ref: false})]);
      const freeze = freezeOf(await store.freezes.newest().catch(() => null));
      const observed = {
        ...(await observe(feature, view, {measurements, isRead}, windowMs, told, judged)),
        freeze,
      };
      const status = statusDocument(observed);
      if (out.isJson) out.json(status);
      else {
        const {now, snapshot, externals} = observed;
        const over = snapshot.state.release?.over ?? null;
        const {alerts} = snapshot.state;
        // Idle it may only be because nobody calls it so.
        const features = snapshot.head === null ? await store.features() : [feature.feature];
        if (!features.includes(feature.feature)) out.say(unknownFeature(feature.feature, features));
        for (const line of statusText(status, {over, now, externals, alerts}, messages, out.paint))
          out.data(line);
      }
      return EXIT.done;
    } finally {
      await judging?.close();
      await Promise.all([measurements.close(), prometheus?.close(), feedback.close()]);
    }
  });
};

/** Whether the samples could be read. A store that does not tell them must not keep the rest back. */
async function readOnce(measurements: Measurements): Promise<boolean> {
  const gone = Promise.withResolvers<boolean>();
  const stop = measurements.subscribe(() => {
    if (measurements.status().away !== null) gone.resolve(false);
  });
  const read = measurements.start().then(() => true);
  const isRead = await Promise.race([read, gone.promise, pause(PATIENCE_MS, false)]);
  stop();
  return isRead;
}

/** How far the numbers look back, in milliseconds. @throws Failure exit code 2. */
function readWindow({flags}: Call): number {
  const ms = flags.window === undefined ? 300_000 : readTypedDuration('--window', flags.window);
  if (ms >= 1000 && ms <= LONGEST_MS) return ms;
  throw usage('--window is shorter than a second or longer than a day', '--window 5m', 'bad-duration');
}
