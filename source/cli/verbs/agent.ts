import {hostname} from 'node:os';
import {plainText} from '../../text/plain-text.ts';
import {exposureBound, runAgent} from '../../nginx/agent.ts';
import {installFallback, watchOverAgent} from '../../nginx/watchdog.ts';
import type {NginxConfig} from '../../config/project/nginx.ts';
import {claimFile, holderOf} from '../../nginx/claim-file.ts';
import {openEdge, type Edge} from '../../nginx/edge.ts';
import {renderEdge} from '../../nginx/render.ts';
import {STALE_AFTER_MS} from '../../release/split.ts';
import {openStore, stateFolder} from '../../store/open.ts';
import type {RouterReport} from '../../store/port.ts';
import {beginBeating, edgeConfigOf} from '../agent/heartbeat.ts';
import type {Call, Run} from '../call.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import {loadSettings, type Settings} from '../session/settings.ts';

/** `agent`: drives an nginx until it is told to go; `agent prod`: prod for everyone, once; `agent keep`: its watcher. */
export const run: Run = async call => {
  const settings = await loadSettings(call);
  const config = nginxOf(settings);
  const edge = openEdge({...config, probe: config.site.probe});
  switch (call.args[0]) {
    case 'prod':
      return await putProd(call, edge, config);
    case 'keep':
      return await keep(call, edge, config);
    default:
      return await drive(call, settings, edge, config);
  }
};

async function drive(call: Call, settings: Settings, edge: Edge, config: NginxConfig): Promise<ExitCode> {
  const {out, flags} = call;
  const signal = call.interrupted({isOrderly: true});
  const {site, watchdogMs, shutdownMs} = config;
  const name = `nginx ${config.name ?? flags.by ?? hostname()}`;
  const bound = exposureBound(null, config, STALE_AFTER_MS) / 1000;
  out.say(
    `${name}: without contact no user is on gray after ${bound} s at most: ${STALE_AFTER_MS / 1000} s until it takes itself ` +
      `for cut off, ${watchdogMs / 1000} s watchdog, ${shutdownMs / 1000} s worker_shutdown_timeout`,
  );
  const claim = await claimFile(config.include, `${name}, process ${process.pid}`);
  if (claim.kind === 'taken') throw drivenBy(claim.by, config);
  if (claim.kind === 'unknown')
    out.say(plainText(`whether another agent drives ${config.include} is not known: ${claim.why}`));
  const store = await openStore(settings.store, 'router');
  const beating = beginBeating(call);
  try {
    await runAgent(
      {
        store,
        edge,
        site,
        name,
        folder: stateFolder(process.env),
        watchdogMs,
        shutdownMs,
        onTrouble: what => out.say(what),
        onReport: reporter(call),
      },
      signal,
    );
    return EXIT.done;
  } finally {
    beating.close();
    await store.close();
    if (claim.kind === 'ours') await claim.release();
  }
}

/** A line for each change of what nginx confirms; a version that changes nothing for it is none. */
function reporter({out}: Call): (feature: string, report: RouterReport) => void {
  const told = new Map<string, string>();
  return (feature, {version, release, percent, live, trouble = null}) => {
    const text = JSON.stringify([release, percent, live, trouble]);
    if (told.get(feature) === text) return;
    told.set(feature, text);
    if (out.isJson)
      return out.json({schema: 'graydeck.agent/1', feature, version, release, percent, live, trouble});
    const what = live ? `${percent} % on gray` : 'prod for everyone';
    out.data(plainText(`${feature}  version ${version}  ${what}${trouble === null ? '' : `  ${trouble}`}`));
  };
}

/** For the stop action of a service: prod for everyone, but where a phase keeps gray when cut off. */
async function putProd({out}: Call, edge: Edge, config: NginxConfig): Promise<ExitCode> {
  const {site, include} = config;
  const by = await holderOf(include);
  if (by !== null) throw drivenBy(by, config);
  const text = (await edge.readFallback()) ?? renderEdge(new Map(), site).text;
  const trouble = await installFallback(edge, text);
  if (trouble !== null) throw new Failure(EXIT.fault, trouble.code, trouble.text, 'nginx -t');
  out.data('prod for everyone');
  return EXIT.done;
}

/** Started by the agent itself, with the agent's beats on stdin. */
async function keep(call: Call, edge: Edge, {watchdogMs}: NginxConfig): Promise<ExitCode> {
  // The agent decides when it ends, also where a signal goes to both.
  call.interrupted({isOrderly: true});
  const ended = await watchOverAgent(process.stdin, edge, watchdogMs);
  if (ended === null) return EXIT.done;
  const {why, trouble} = ended;
  const seen = why === 'dead' ? 'the agent is dead' : `the agent has not moved for ${watchdogMs / 1000} s`;
  call.out.say(`${seen}: ${trouble === null ? 'prod for everyone' : `${trouble.code}: ${trouble.text}`}`);
  return trouble === null ? EXIT.done : EXIT.fault;
}

/** Two agents would overwrite each other's file, and neither could confirm it. */
function drivenBy(by: string, {include}: NginxConfig): Failure {
  const message = `${plainText(by, 120)} drives ${plainText(include, 120)} already`;
  return new Failure(EXIT.refused, 'agent-there', message, 'stop that one, or name another include file');
}

/** @throws Failure exit code 2 */
function nginxOf(settings: Settings): NginxConfig {
  const nginx = edgeConfigOf(settings);
  if (nginx !== null) return nginx;
  throw usage(
    'the configuration says nothing about an nginx',
    'nginx: {include: /etc/nginx/graydeck.conf, features: {NAME: {prod: UPSTREAM, gray: UPSTREAM}}} in graydeck.yaml',
    'no-nginx',
  );
}
