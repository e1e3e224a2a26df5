import {setTimeout as pause} from 'node:timers/promises';
import {encodeTally} from '../../analysis/windows/roll-up.ts';
import type {RecordingLine} from '../../replay/recording.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {openRecording} from '../../replay/open-recording.ts';
import {openMeasuring} from '../../monitor/measuring.ts';
import {monitorSettings} from '../prometheus/address.ts';
import {openLook, using} from '../session/session.ts';
import {systemdReadiness} from '../process.ts';

const EVERY_MS = 1000;
/** A second is written when its late batches have come, milliseconds. */
const SETTLED_AFTER_MS = 3000;

/** `record FILE`: writes down all there is to see of a feature until it is stopped, for `replay`. */
export const run: Run = async call => {
  const {out, args} = call;
  const path = args[0] ?? '';
  const signal = AbortSignal.any([call.interrupted({isOrderly: true}), out.closed]);
  return await using(openLook(call), async ({feature, view, settings}) => {
    const {file, hasLostLine} = await openRecording(path);
    if (hasLostLine) out.say(`${path} ended in a line that was cut: it is dropped`);
    const {measurements, windows} = openMeasuring(feature, view, await monitorSettings(settings));
    const settledAfterMs = SETTLED_AFTER_MS + (windows.pace?.lagMs ?? 0);
    const write = async (lines: readonly RecordingLine[]) => {
      if (lines.length > 0) await file.appendFile(lines.map(line => `${JSON.stringify(line)}\n`).join(''));
    };
    let commits = 0;
    let routers = '';
    let next: number | null = null;
    const systemd = systemdReadiness();
    const look = async () => {
      const now = view.now();
      const known = view.commits();
      const lines: RecordingLine[] = known.slice(commits).map(commit => ({type: 'commit', commit}));
      commits = known.length;
      const settled = Math.floor((now - settledAfterMs) / 1000) * 1000;
      next ??= settled - measurements.windows.keptMs + 60_000;
      for (; next < settled; next += 1000) {
        const tally = measurements.windows.rollUp(next);
        if (tally !== null) lines.push({type: 'second', t: next, body: encodeTally(tally)});
      }
      const reports = await feature.routers.list().catch(() => null);
      const said = JSON.stringify(reports?.map(({at: _at, ...rest}) => rest) ?? null);
      if (reports !== null && said !== routers) lines.push({type: 'routers', at: now, routers: reports});
      routers = said;
      await write(lines);
    };
    try {
      await write([
        {type: 'recording', schema: 'graydeck.recording/1', feature: feature.feature, at: view.now()},
      ]);
      await measurements.start();
      out.say(`recording ${feature.feature} into ${path}; Ctrl-C ends it`);
      systemd.ready();
      while (!signal.aborted) {
        await look();
        await pause(EVERY_MS, undefined, {signal}).catch(() => undefined);
      }
      await look();
      return EXIT.done;
    } finally {
      systemd.close();
      await measurements.close();
      await file.close();
    }
  });
};
