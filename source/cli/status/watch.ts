import type {Judged} from '../../analysis/judge/judged.ts';
import {changeOrTime} from '../../controller/working-log.ts';
import {messagesOf} from '../../console/messages/catalogue.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import type {Measurements} from '../../metrics/follower.ts';
import type {PrometheusPoller} from '../../metrics/prometheus/poller.ts';
import type {FeatureView} from '../../store/port.ts';
import type {Call} from '../call.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {languageOf} from '../command-line/language.ts';
import {statusDocument} from '../../monitor/status-document.ts';
import {awayLine, meaningOf, statusLine} from './line.ts';
import {observe} from './observe.ts';

const LOOK_EVERY_MS = 1000;

/**
 * One line for each change, until the release ends, the reader goes away or a signal comes; a store that is away is
 * said on stderr. The exit code tells how it ended: 0 completed, 5 rolled back.
 */
export async function watchStatus(
  call: Call,
  feature: FeatureView,
  view: ControllerView,
  measurements: Measurements,
  windowMs: number,
  prometheus: Pick<PrometheusPoller, 'snapshot'> | null,
  judged: () => Judged | null = () => null,
): Promise<ExitCode> {
  const {out, flags} = call;
  const messages = messagesOf(languageOf(flags.lang, process.env));
  const signal = AbortSignal.any([call.interrupted(), out.closed]);
  let told = '';
  while (!signal.aborted) {
    const observed = await observe(feature, view, {measurements, isRead: true}, windowMs, prometheus, judged);
    const status = statusDocument(observed);
    const {link} = observed.snapshot;
    // What is known is old then, and nobody may take the silence for news.
    const isAway = link.state === 'away';
    const meaning = isAway ? link.state : meaningOf(status);
    if (meaning !== told && !signal.aborted) {
      told = meaning;
      if (isAway) out.say(awayLine(status, messages, {now: observed.now, since: link.since}));
      else if (out.isJson) out.json(status);
      else out.data(statusLine(status, messages, observed.now));
    }
    if (status.state === 'completed') return EXIT.done;
    if (status.state === 'rolled_back') return EXIT.against;
    await changeOrTime(view, LOOK_EVERY_MS, signal);
  }
  return EXIT.done;
}
