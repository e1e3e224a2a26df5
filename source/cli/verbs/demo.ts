import {encodeFeedback} from '../../analysis/feedback/feedback.ts';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {runConsole as RunConsole} from '../../console/run.tsx';
import {newReleaseId, sourceOf} from '../../controller/ids.ts';
import {openController} from '../../controller/controller.ts';
import type {Controller} from '../../controller/outcome.ts';
import {demoKey} from '../../demo/key.ts';
import {startDemoService, type DemoService} from '../../demo/service.ts';
import {openStore} from '../../store/open.ts';
import type {FeatureStore, OperatorStore} from '../../store/port.ts';
import {readStamp} from '../commands/actor.ts';
import type {Call, Run} from '../call.ts';
import {openDeck} from '../session/deck.ts';
import {demoPlan, FEATURE, OLD_VERSION, VERSION} from '../demo-plan.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {beginGuarding} from '../guard/in-console.ts';
import {ConsoleLinks} from '../share/console-links.ts';
import {openMonitor} from '../../monitor/monitor.ts';
import {WINDOW_MS} from '../../monitor/snapshot.ts';
import {noTerminal, staySmall} from '../process.ts';
import {watchStatus} from '../status/watch.ts';
import {guardNameOf, modeOf} from './watch.ts';

const PATIENCE_MS = 5000;
/** Gray begins to fail by itself after this time, so that there is something to take back. */
const FAILS_AFTER_MS = 45_000;
const SETTINGS = {declared: {}, config: null, prometheus: null};

/** `demo`: the console on a simulated service, in a store of its own that is removed afterwards. */
export const run: Run = async call => {
  const lack = noTerminal(process.env, 'demo');
  const isDrawn = !call.flags.json && lack === null;
  if (isDrawn) staySmall();
  const screen = isDrawn ? import('../../console/run.tsx') : null;
  screen?.catch(() => undefined);
  // From here on there is something to clean up.
  const signal = call.interrupted();
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-demo-'));
  try {
    const demo = await open(call, `sqlite:${join(folder, 'demo.db')}`);
    try {
      if (screen !== null) {
        const {runConsole} = await screen;
        return signal.aborted ? EXIT.interrupted : await draw(call, demo, runConsole);
      }
      if (lack !== null) {
        call.out.say(`${lack.why}: the simulated service runs, and a line is printed for each change`);
        if (lack.todo !== '') call.out.say(`  → ${lack.todo}`);
      }
      return await tell(call, demo);
    } finally {
      await demo.close();
    }
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
};

interface Demo {
  store: OperatorStore;
  feature: FeatureStore;
  controller: Controller;
  service: DemoService;
  close(): Promise<void>;
}

async function open(call: Call, address: string): Promise<Demo> {
  const stamp = readStamp(call.flags);
  const store = await openStore(address, 'operator');
  const routing = await openStore(address, 'router');
  const feature = store.feature(FEATURE);
  const controller = openController(sourceOf(store, FEATURE));
  await controller.ready();
  const start = {
    type: 'start',
    release: newReleaseId(),
    version: VERSION,
    over: OLD_VERSION,
    plan: demoPlan(),
  } as const;
  await controller.execute(start, {by: stamp.by});
  const service = startDemoService({
    store: routing.feature(FEATURE),
    now: () => routing.now(),
    failsAfterMs: FAILS_AFTER_MS,
  });
  return {
    store,
    feature,
    controller,
    service,
    async close() {
      await service.close();
      await controller.close();
      await routing.close();
      await store.close();
    },
  };
}

async function draw(
  call: Call,
  {store, feature, controller, service}: Demo,
  runConsole: typeof RunConsole,
): Promise<ExitCode> {
  const mode = modeOf(call, true);
  const actor = readStamp(call.flags).by;
  const links = mode.readOnly ? null : new ConsoleLinks(store, undefined, mode.lang, actor.name);
  const deck = await openDeck({
    store,
    feature,
    view: controller,
    acting: mode.readOnly
      ? null
      : {
          feature,
          controller,
          giveFeedback: feedback => feature.feedback.write(encodeFeedback(feedback)),
        },
    settings: SETTINGS,
    monitored: SETTINGS,
    actor,
    mode,
    links,
    guardName: call.flags.guard ? guardNameOf(call) : null,
    extras: [demoKey(service, () => store.now(), mode.lang)],
  });
  const ended = runConsole(deck);
  deck.begin();
  service.writePast().catch(() => undefined);
  try {
    return (await ended).code as ExitCode;
  } finally {
    await links?.close();
    await deck.close();
  }
}

async function tell(call: Call, {store, feature, controller, service}: Demo): Promise<ExitCode> {
  const monitor = await openMonitor(store, feature, SETTINGS, {view: controller, windowMs: WINDOW_MS});
  const guarding = {feature, controller, monitor, settings: SETTINGS};
  const guard = call.flags.guard ? beginGuarding({...guarding, name: guardNameOf(call)}) : null;
  service.writePast().catch(() => undefined);
  await monitor.ready(PATIENCE_MS);
  monitor.judge();
  try {
    return await watchStatus(call, monitor);
  } finally {
    await guard?.handOver();
    await monitor.close();
  }
}
