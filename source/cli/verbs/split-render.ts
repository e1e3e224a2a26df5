import type {EdgeSite} from '../../audience/latch.ts';
import {renderEdge, type EdgeFile} from '../../nginx/render.ts';
import type {Split} from '../../release/split.ts';
import {openStore} from '../../store/open.ts';
import type {RoutingStore} from '../../store/port.ts';
import type {Call, Run} from '../call.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import {chooseKnown} from '../session/feature.ts';
import {loadSettings, type Settings} from '../session/settings.ts';

/** `split render`: what a router would be told now, with the rights of a router. */
export const run: Run = async call => {
  const {format = 'json'} = call.flags;
  if (format !== 'json' && format !== 'nginx')
    throw usage(`there is no format ${format}`, 'graydeck split render --format nginx, or json');
  const settings = await loadSettings(call);
  const store = await openStore(settings.store, 'router');
  try {
    return format === 'json' ? await asJson(call, store, settings) : await asNginx(call, store, settings);
  } finally {
    await store.close();
  }
};

async function asJson(call: Call, store: RoutingStore, settings: Settings): Promise<ExitCode> {
  const feature = await chooseKnown(settings.feature, call.verb.name, store);
  const head = await store.feature(feature).head();
  call.out.json({
    schema: 'graydeck.split/1',
    feature,
    version: head?.version ?? 0,
    split: head?.split ?? null,
  });
  return EXIT.done;
}

async function asNginx(call: Call, store: RoutingStore, settings: Settings): Promise<ExitCode> {
  const {out} = call;
  const site = settings.config?.value.nginx?.site ?? (await plainSite(call, store, settings));
  const splits = new Map<string, Split>();
  for (const feature of Object.keys(site.features)) {
    const head = await store.feature(feature).head();
    if (head !== null) splits.set(feature, head.split);
  }
  const file = renderEdge(splits, site);
  if (out.isJson) {
    const {text, hash, refusals} = file;
    out.json({schema: 'graydeck.edge-file/1', hash, text, refusals});
  } else out.data(file.text.trimEnd());
  throwRefusal(file);
  return EXIT.done;
}

/** Without a configuration: the feature that is meant, with upstreams named after it. */
async function plainSite({verb, out}: Call, store: RoutingStore, settings: Settings): Promise<EdgeSite> {
  const feature = await chooseKnown(settings.feature, verb.name, store);
  out.say(`no nginx: in the configuration: upstreams are called ${feature}_prod and ${feature}_gray`);
  return {
    user: {header: 'x-user-id'},
    attributes: {},
    features: {[feature]: {prod: `${feature}_prod`, gray: `${feature}_gray`, variable: null}},
    probe: {host: '127.0.0.1', port: 9145},
  };
}

/** @throws Failure exit code 3 where nginx cannot do what was asked; the file then has prod for everyone there. */
function throwRefusal({refusals}: EdgeFile): void {
  const [first] = refusals;
  if (first === undefined) return;
  const lines = refusals.slice(1).map(({feature, message}) => `${feature}: ${message}`);
  throw new Failure(EXIT.refused, 'edge-cannot', `${first.feature}: ${first.message}`, first.remedy, {lines});
}
