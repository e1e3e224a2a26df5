import {messagesOf} from '../../console/messages/catalogue.ts';
import {briefLines, briefOf} from '../../console/present/brief.ts';
import {MASKED, OPEN} from '../../console/present/clean.ts';
import {openMonitor} from '../../monitor/monitor.ts';
import {hasGrayRoute} from '../../release/derive-split.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {monitorSettings} from '../prometheus/address.ts';
import {readPresence} from '../session/presence.ts';
import {openLook, using} from '../session/session.ts';
import {languageOf} from '../../text/language.ts';

const PATIENCE_MS = 5000;
/** As much of the past as a guard that begins, milliseconds. */
const JUDGED_MS = 15 * 60_000;

/** `brief`: one screen for the next shift. */
export const run: Run = async call => {
  const {out, flags} = call;
  const t = messagesOf(languageOf(flags.lang, process.env));
  return await using(openLook(call), async ({store, feature, view, settings}) => {
    const options = {view, historyMs: JUDGED_MS, prometheus: {historyMs: 0}};
    const monitor = await openMonitor(store, feature, await monitorSettings(settings), options);
    try {
      const isRead = await monitor.ready(PATIENCE_MS);
      if (isRead && hasGrayRoute(view.snapshot().state.release)) {
        monitor.judge();
        await monitor.judgedOnce(PATIENCE_MS);
      }
      const presence = await readPresence(feature, () => store.now());
      const reading = {...monitor.snapshot(), contacts: {}, time: null};
      const clean = flags.mask ? MASKED : OPEN;
      const scene = {reading, histories: new Map(), t, clean, mayAct: false};
      const {summary, ...brief} = briefOf(scene, presence);
      if (out.isJson) out.json(brief);
      else for (const line of briefLines({summary, ...brief}, t)) out.data(line);
      return EXIT.done;
    } finally {
      await monitor.close();
    }
  });
};
