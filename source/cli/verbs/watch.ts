import {together} from '../../analysis/judge/external.ts';
import {openController} from '../../controller/controller.ts';
import {openView} from '../../controller/view.ts';
import {sourceOf} from '../../controller/source.ts';
import type {OperatorStore, ViewStore} from '../../store/port.ts';
import {readGuardName, readStamp} from '../acting/actor.ts';
import type {Call, Run} from '../call.ts';
import {openDeck, type Wiring} from '../session/deck.ts';
import type {ExitCode} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {openFeedback} from '../../monitor/feedback.ts';
import {openMeasuring} from '../../monitor/measuring.ts';
import {languageOf} from '../command-line/language.ts';
import {staySmall} from '../memory.ts';
import {hasColor} from '../output/output.ts';
import {monitorSettings} from '../prometheus/address.ts';
import {openPrometheus} from '../../monitor/prometheus.ts';
import {openLook, openSession, using, type Look, type Session} from '../session/session.ts';
import {beginJudging} from '../status/judging.ts';
import {watchStatus} from '../status/watch.ts';
import {hasTerminal} from '../terminal.ts';

const WINDOW_MS = 300_000;

/** `watch`: the console; without a terminal a line for each change. */
export const run: Run = async call => {
  const {flags} = call;
  const guardName = flags.guard ? guardNameOf(call) : null;
  if (flags.json || !hasTerminal(process.env)) {
    if (guardName !== null)
      throw usage('--guard needs the console, and there is no terminal here', 'graydeck guard');
    return await plain(call);
  }
  staySmall();
  const screen = import('../../console/run.tsx');
  // With an error before it is needed, nobody waits for it.
  screen.catch(() => undefined);
  const opening: Promise<Look | Session> = flags.readOnly || flags.share ? openLook(call) : openSession(call);
  return await using(opening, async opened => {
    const deck = openDeck(await wiringOf(call, opened, guardName));
    const {runConsole} = await screen;
    const ended = runConsole(deck);
    deck.begin();
    try {
      return (await ended).code as ExitCode;
    } finally {
      await deck.close();
    }
  });
};

async function plain(call: Call): Promise<ExitCode> {
  call.interrupted();
  call.out.say('no terminal here: a line for each change, as graydeck status --watch prints them');
  return await using(openLook(call), async ({feature, view, settings}) => {
    const prometheus = await openPrometheus(await monitorSettings(settings), view);
    const measuring = openMeasuring(feature, view, settings);
    const {measurements} = measuring;
    const feedback = openFeedback(feature, view);
    void prometheus?.start();
    void feedback.start();
    await measurements.start();
    const external = together(prometheus, feedback);
    const {judged, close} = beginJudging({feature, view, settings}, measuring, external);
    try {
      return await watchStatus(call, feature, view, measurements, WINDOW_MS, prometheus, judged);
    } finally {
      await close();
      await Promise.all([measurements.close(), prometheus?.close(), feedback.close()]);
    }
  });
}

/** The guard that the console is to be as well. @throws Failure exit code 2 where it may only look. */
export function guardNameOf({flags, verb}: Call): string {
  if (flags.readOnly || flags.share) {
    throw usage('--guard acts, and this console may only look', `graydeck ${verb.name} --guard`);
  }
  // A person's name is the person's; what the guard does is not their doing.
  return readGuardName(undefined);
}

/** How the console is to look and what it may do, as the flags say. */
export function modeOf({flags}: Call, demo: boolean): Wiring['mode'] {
  return {
    readOnly: flags.readOnly || flags.share,
    share: flags.share,
    lang: languageOf(flags.lang, process.env),
    color: hasColor(process.stdout, flags.color, process.env),
    demo,
  };
}

async function wiringOf(call: Call, opened: Look | Session, guardName: string | null): Promise<Wiring> {
  const {settings} = opened;
  const actor = readStamp(call.flags).by;
  const mode = modeOf(call, false);
  const shared = {settings, actor, mode, guardName};
  if ('view' in opened) {
    const reopen = (name: string) => lookAt(opened.store, name);
    const {store, feature, view} = opened;
    const prometheus = await openPrometheus(await monitorSettings(settings), view);
    return {...shared, store, feature, view, prometheus, acting: null, reopen};
  }
  const {store, feature, controller} = opened;
  const reopen = (name: string) => actOn(store, name);
  const prometheus = await openPrometheus(await monitorSettings(settings), controller);
  return {...shared, store, feature, view: controller, prometheus, acting: {feature, controller}, reopen};

  async function lookAt(store: ViewStore, name: string): Promise<Wiring> {
    const feature = store.feature(name);
    const view = openView({feature: name, log: feature.log, now: () => store.now()});
    await view.ready();
    const prometheus = await openPrometheus(await monitorSettings(settings), view);
    return {
      ...shared,
      store,
      feature,
      view,
      prometheus,
      acting: null,
      reopen: other => lookAt(store, other),
    };
  }
  async function actOn(store: OperatorStore, name: string): Promise<Wiring> {
    const feature = store.feature(name);
    const controller = openController(sourceOf(store, name));
    await controller.ready();
    const acting = {feature, controller};
    const prometheus = await openPrometheus(await monitorSettings(settings), controller);
    return {
      ...shared,
      store,
      feature,
      view: controller,
      prometheus,
      acting,
      reopen: other => actOn(store, other),
    };
  }
}
