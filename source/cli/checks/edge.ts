import {exposureBound} from '../../nginx/edge-report.ts';
import {plainText} from '../../analysis/plain-text.ts';
import {openEdge} from '../../nginx/edge.ts';
import {hashOf} from '../../nginx/render.ts';
import {STALE_AFTER_MS} from '../../release/split.ts';
import {edgeConfigOf} from '../agent/edge-config.ts';
import type {Settings} from '../session/settings.ts';
import {doubt, fine, wrong, type Finding} from './finding.ts';
import {checkWorkerShutdown} from './worker-shutdown.ts';

const CHECK = 'nginx';
const TEST_MS = 4000;

/** Whether this host's nginx takes its configuration and works by the agent's file, and how long it may lag behind. */
export async function checkEdge(settings: Pick<Settings, 'config'>): Promise<Finding[]> {
  const config = edgeConfigOf(settings);
  if (config === null) return [];
  const {site, include, test, watchdogMs, shutdownMs} = config;
  const edge = openEdge({...config, probe: site.probe});
  const file = plainText(include, 120);
  const [text, answer, said, shutdown] = await Promise.all([
    edge.read(),
    edge.ask(),
    edge.test(AbortSignal.timeout(TEST_MS)),
    checkWorkerShutdown(test, shutdownMs),
  ]);
  const hash = text === null ? null : hashOf(text);
  const bound = exposureBound(null, config, STALE_AFTER_MS) / 1000;
  const parts = `${STALE_AFTER_MS / 1000} s stale, ${watchdogMs / 1000} s watchdog, ${shutdownMs / 1000} s worker_shutdown_timeout`;
  return [
    ...(hash === null ? [wrong(CHECK, `${file} is not there, or no agent wrote it`, 'graydeck agent')] : []),
    ...(said === null
      ? []
      : [wrong(CHECK, `it refuses its configuration: ${plainText(said.text, 200)}`, test.join(' '))]),
    standing(`${site.probe.host}:${site.probe.port}`, file, hash, answer),
    ...shutdown,
    fine(CHECK, `cut off, no user is on gray after ${bound} s at most: ${parts}`),
  ];
}

function standing(address: string, file: string, hash: string | null, answer: string | null): Finding {
  if (answer === null)
    return doubt(
      CHECK,
      `no answer at ${address}: the file that nginx uses is not known`,
      `start nginx, with "include ${file};" in its http block`,
    );
  return answer === hash
    ? fine(CHECK, `nginx uses ${file}`)
    : doubt(CHECK, `nginx uses another file than ${file}`, 'nginx -s reload, or start graydeck agent');
}
