import {openView} from '../../controller/view.ts';
import {openMonitor} from '../../monitor/monitor.ts';
import {WINDOW_MS} from '../../monitor/snapshot.ts';
import {readGuardName, readStamp} from '../commands/actor.ts';
import type {Call, Run} from '../call.ts';
import {openDeck, type Wiring} from '../session/deck.ts';
import {ConsoleLinks} from '../share/console-links.ts';
import type {ExitCode} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {type NoTerminal, noTerminal, staySmall} from '../process.ts';
import {hasColor} from '../output/output.ts';
import {monitorSettings} from '../prometheus/address.ts';
import {openLook, openSession, using, type Look, type Session} from '../session/session.ts';
import {watchStatus} from '../status/watch.ts';
import {languageOf} from '../../text/language.ts';

const PATIENCE_MS = 5000;

/** `watch`: the console; without a terminal a line for each change. */
export const run: Run = async call => {
  const {flags} = call;
  const [link] = call.args;
  if (link !== undefined) return await (await import('../share/watch-link.ts')).watchLink(call, link);
  const guardName = flags.guard ? guardNameOf(call) : null;
  const lack = noTerminal(process.env, 'watch');
  if (flags.json || lack !== null) {
    if (guardName !== null)
      throw usage(`--guard needs the console: ${lack?.why ?? '--json draws none'}`, 'graydeck guard');
    return await plain(call, lack);
  }
  staySmall();
  const screen = import('../../console/run.tsx');
  // An error before the screen is needed must not end the process. The await below receives it.
  screen.catch(() => undefined);
  const opening: Promise<Look | Session> =
    flags.readOnly || flags.share
      ? openLook(call, {mayBeNew: true, firstOfSeveral: true})
      : openSession(call, null, null, true);
  return await using(opening, async opened => {
    const isNamed = flags.feature !== undefined || opened.settings.feature !== null;
    const beginsWithList = !isNamed && (await opened.store.features()).length > 1;
    const wiring = await wiringOf(call, opened, guardName);
    const deck = await openDeck({...wiring, beginsWithList});
    const {runConsole} = await screen;
    const ended = runConsole(deck);
    deck.begin();
    try {
      return (await ended).code as ExitCode;
    } finally {
      await wiring.links?.close();
      await deck.close();
    }
  });
};

async function plain(call: Call, lack: NoTerminal | null): Promise<ExitCode> {
  call.interrupted();
  if (lack !== null) {
    call.out.say(`${lack.why}: a line for each change, as graydeck status --watch prints them`);
    if (lack.todo !== '') call.out.say(`  → ${lack.todo}`);
  }
  return await using(openLook(call, {mayBeNew: true}), async ({store, feature, view, settings}) => {
    const options = {view, windowMs: WINDOW_MS};
    const monitor = await openMonitor(store, feature, await monitorSettings(settings), options);
    try {
      await monitor.ready(PATIENCE_MS);
      monitor.judge();
      return await watchStatus(call, monitor);
    } finally {
      await monitor.close();
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
  const monitored = await monitorSettings(settings);
  const actor = readStamp(call.flags).by;
  const mode = modeOf(call, false);
  const shared = {settings, monitored, actor, mode, guardName};
  if ('view' in opened) return toLook(shared, opened);
  const {local} = opened;
  if (local === null && guardName !== null)
    throw usage('a guard works on the store itself, not through a server', 'graydeck guard --store URL');
  const {share} = settings.config?.value ?? {};
  const links = local === null ? null : new ConsoleLinks(local.store, share, mode.lang, actor.name);
  return toAct({...shared, links}, opened);
}

type Shared = Pick<Wiring, 'settings' | 'monitored' | 'actor' | 'mode' | 'links'> & {
  guardName: string | null;
};

/** Wires a feature that is only looked at. */
function toLook(shared: Shared, {store, feature, view}: Pick<Look, 'store' | 'feature' | 'view'>): Wiring {
  const reopen = async (name: string): Promise<Wiring> => {
    const other = store.feature(name);
    const opened = openView({feature: name, log: other.log, now: () => store.now()});
    await opened.ready();
    return toLook(shared, {store, feature: other, view: opened});
  };
  return {...shared, store, feature, view, acting: null, reopen};
}

/** Wires a feature that is acted on. */
function toAct(
  shared: Shared,
  {
    store,
    feature,
    controller,
    local,
    giveFeedback,
    another,
  }: Pick<Session, 'store' | 'feature' | 'controller' | 'local' | 'giveFeedback' | 'another'>,
): Wiring {
  const reopen = async (name: string): Promise<Wiring> => {
    const opened = another(name);
    await opened.controller.ready();
    return toAct(shared, {store, ...opened, another});
  };
  const acting = {feature: local?.feature ?? null, controller, giveFeedback};
  return {...shared, store, feature, view: controller, acting, reopen};
}
