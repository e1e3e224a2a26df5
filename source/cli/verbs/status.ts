import {isEndless} from '../../analysis/judge/reasons.ts';
import {freezeOf, isFrozen, type Freeze} from '../../release/freeze.ts';
import {hasGrayRoute} from '../../release/derive-split.ts';
import {messagesOf, type Messages} from '../../console/messages/catalogue.ts';
import {clockwork} from '../../text/format.ts';
import {dayAndTime} from '../../console/present/moment.ts';
import {textOf} from '../../console/present/line.ts';
import type {ViewStore} from '../../store/port.ts';
import {openMonitor, type Monitor} from '../../monitor/monitor.ts';
import {WINDOW_MS} from '../../monitor/snapshot.ts';
import {statusDocument} from '../../monitor/status-document.ts';
import type {Call, Run} from '../call.ts';
import {readTypedDuration} from '../command-line/typed-values.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {monitorSettings, troublesOf} from '../prometheus/address.ts';
import {readSummaries} from '../session/deck.ts';
import {loadSettings} from '../session/settings.ts';
import {openLook, openToLook, using} from '../session/session.ts';
import {OPEN} from '../../console/present/clean.ts';
import {fleetColumns, fleetOrder, fleetRow} from '../../console/present/fleet.ts';
import {statusText} from '../status/text.ts';
import {watchStatus} from '../status/watch.ts';
import {languageOf} from '../../text/language.ts';

const LONGEST_MS = 24 * 3_600_000;
/** Samples are told of a moment after they happened, in milliseconds. */
const LATE_MS = 10_000;
const PATIENCE_MS = 5000;
/** As much of the past as a guard that begins, in milliseconds. */
const JUDGED_MS = 15 * 60_000;

/** Columns of a row of the list. */
const LIST_WIDTH = 120;

/** `status`: how it stands, once or at each change. */
export const run: Run = async call => {
  const windowMs = readWindow(call);
  if (call.flags.watch) call.interrupted();
  const settings = await loadSettings(call);
  const opened = await openToLook(call, settings);
  if (settings.feature === null && !call.flags.watch && (await isOneOfSeveral(opened))) {
    try {
      return await list(call, opened);
    } finally {
      await opened.close();
    }
  }
  return await using(openLook(call, {opened: {settings, store: opened}}), async ({store, feature, view}) => {
    // What is judged looks back further than the numbers do.
    const isJudged = call.flags.watch || hasGrayRoute(view.snapshot().state.release);
    const historyMs = Math.max(windowMs + LATE_MS, isJudged ? JUDGED_MS : 0);
    const keepSeconds = Math.ceil(historyMs / 1000);
    const options = {view, windowMs, historyMs, keepSeconds, prometheus: {historyMs: 0}};
    const monitor = await openMonitor(store, feature, await monitorSettings(settings), options);
    try {
      const isRead = await monitor.ready(PATIENCE_MS);
      if (!call.out.isJson) for (const line of doubtsOf(monitor, messagesFor(call))) call.out.say(line);
      if (isRead && isJudged) monitor.judge();
      if (call.flags.watch) return await watchStatus(call, monitor);
      await monitor.judgedOnce(PATIENCE_MS);
      tell(call, monitor, freezeOf(await store.freezes.newest().catch(() => null)));
      return EXIT.done;
    } finally {
      await monitor.close();
    }
  });
};

async function isOneOfSeveral(store: ViewStore): Promise<boolean> {
  try {
    return (await store.features()).length > 1;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** All features of a store with several, from their summaries. */
async function list(call: Call, store: ViewStore): Promise<ExitCode> {
  const {out} = call;
  const {features, freeze} = await readSummaries(store);
  const now = store.now();
  const isOn = freeze !== null && isFrozen(freeze, now);
  if (out.isJson) {
    out.json({
      schema: 'graydeck.list/1',
      features: features.map(({feature, summary}) => ({feature, summary})),
      frozen: isOn ? freeze : null,
    });
    return EXIT.done;
  }
  const t = messagesFor(call);
  const columns = fleetColumns(features, LIST_WIDTH, {t, clean: OPEN});
  if (isOn) out.data(`▲ ${t.fleet.freeze(dayAndTime(freeze.until), OPEN.free(freeze.reason))}`);
  for (const one of fleetOrder(features, now))
    out.data(textOf(fleetRow(one, {now, columns, isPicked: false, t, clean: OPEN})).trimEnd());
  return EXIT.done;
}

/** Prints the status once. */
function tell(call: Call, monitor: Monitor, freeze: Freeze | null): void {
  const {out} = call;
  const seen = monitor.snapshot();
  const status = statusDocument(seen, freeze);
  if (out.isJson) return out.json(status);
  const {now, snapshot, externals} = seen;
  const over = snapshot.state.release?.over ?? null;
  const {alerts} = snapshot.state;
  for (const line of statusText(status, {over, now, externals, alerts}, messagesFor(call), out.paint))
    out.data(line);
}

/** What a person should know before reading the numbers, a line each. */
function doubtsOf({prometheus, snapshot}: Monitor, messages: Messages): string[] {
  const {away, aheadMs, junk, lastJunk} = snapshot().stream;
  const {headlines} = messages;
  return [
    ...(prometheus === null ? [] : troublesOf(prometheus, messages)),
    ...(away === null ? [] : [headlines.streamAway(away)]),
    ...(aheadMs === null ? [] : [headlines.ahead(isEndless(aheadMs) ? null : clockwork(aheadMs))]),
    ...(lastJunk === null ? [] : [headlines.junk(junk, lastJunk)]),
  ];
}

function messagesFor({flags}: Call): Messages {
  return messagesOf(languageOf(flags.lang, process.env));
}

/** How far the numbers look back, in milliseconds. @throws Failure exit code 2. */
function readWindow({flags}: Call): number {
  const ms = flags.window === undefined ? WINDOW_MS : readTypedDuration('--window', flags.window);
  if (ms >= 1000 && ms <= LONGEST_MS) return ms;
  throw usage('--window is shorter than a second or longer than a day', '--window 5m', 'bad-duration');
}
