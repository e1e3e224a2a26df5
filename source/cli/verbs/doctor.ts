import {DEFAULT_ALERTS} from '../../config/project/alerts.ts';
import {builtInPlan} from '../../config/plan/built-in.ts';
import {LOG_KEY, openController} from '../../controller/controller.ts';
import {openView} from '../../controller/view.ts';
import {newAlertId, sourceOf} from '../../controller/ids.ts';
import {isLive} from '../../release/state.ts';
import {StoreFault} from '../../store/fault.ts';
import {openStore, resolveTarget} from '../../store/open.ts';
import {ConnectionLost} from '../../store/redis/faults.ts';
import type {ViewStore} from '../../store/port.ts';
import {plainText} from '../../text/plain-text.ts';
import {readStamp} from '../commands/actor.ts';
import type {Call, Run} from '../call.ts';
import {testChannels} from '../checks/channels.ts';
import {type Finding, doubt, inTime, wrong} from '../checks/finding.ts';
import {CHAIN_IS_SEEN_WITHIN_MS, lookAtFeature, lookAtHost, watchChain} from '../doctor/look.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {Failure, failureOf, failureOfOutcome} from '../output/failure.ts';
import {chooseFeature} from '../session/feature.ts';
import {mendedWords} from '../guard/keep-feature.ts';
import {channelSpecs} from '../notify/notify-meanwhile.ts';
import {configuredPlan, loadSettings, type Settings} from '../session/settings.ts';
import {openToLook} from '../session/session.ts';

const MARKS = {fine: '✔', doubt: '▲', wrong: '✖'} as const;
const COLORS = {fine: 'green', doubt: 'yellow', wrong: 'red'} as const;

/** How often a store that does not answer in time is asked. */
const STORE_TRIES = 3;

/** `doctor [--send-test] [--repair-log] [--repair-samples]`: everything a release stands on, each with what mends it. */
export const run: Run = async call => {
  const {flags, out} = call;
  const settings = await loadSettings(call);
  if (flags.acceptUnknown) await acceptUnknown(call, settings);
  if (flags.repairLog) await repairLog(call, settings);
  if (flags.repairSamples) await repairSamples(call, settings);
  const {feature, findings: found, exit} = await look(call, settings);
  const findings = flags.sendTest ? [...found, ...(await test(call, settings, feature))] : found;
  if (out.isJson) out.json({schema: 'graydeck.doctor/1', feature, findings});
  else for (const finding of findings) tell(call, finding);
  return exit ?? (findings.some(({level}) => level === 'wrong') ? EXIT.fault : EXIT.done);
};

interface Looked {
  feature: string | null;
  findings: Finding[];
  /** What a script is told instead of the worst finding. */
  exit?: ExitCode;
}

async function look(call: Call, settings: Settings): Promise<Looked> {
  const {flags} = call;
  const store = await openToLook(call, settings).catch(failureOf);
  if (store instanceof Failure) return await lookWithout(store, call, settings);
  try {
    const away = await patiently(() => store.features());
    if (away !== null) return await lookWithout(away, call, settings);
    const feature = await nameOf(call, settings, store);
    if (feature === null) {
      const {checkStore} = await import('../checks/store.ts');
      const found = await inTime('store', checkStore(store, settings.store));
      const plan = (await configuredPlan(settings, '', call.out.say)) ?? builtInPlan;
      return {feature, findings: [...found, ...(await lookAtHost(settings, plan))]};
    }
    const opened = store.feature(feature);
    const view = openView({feature, log: opened.log, now: () => store.now()});
    try {
      await inTime(
        'log',
        view.ready().then(() => []),
      );
      const {release} = view.snapshot().state;
      const ours = release !== null && isLive(release) ? release.plan : null;
      const plan = ours ?? (await configuredPlan(settings, feature, call.out.say)) ?? builtInPlan;
      // One after the other: programs that are run on this host would keep the store's answers waiting.
      const found = await lookAtFeature(
        {store, feature: opened, view, settings, mayWrite: !flags.readOnly},
        plan,
      );
      return {feature, findings: [...found, ...(await lookAtHost(settings, plan))]};
    } finally {
      await view.close();
    }
  } finally {
    await store.close();
  }
}

/** Why the store cannot be read, asked again while it does not answer in time: a busy host is slow, and not away. */
async function patiently(read: () => Promise<unknown>): Promise<Failure | null> {
  for (let tries = 1; ; tries++) {
    try {
      await read();
      return null;
    } catch (error) {
      const isLate =
        error instanceof StoreFault && error.cause instanceof ConnectionLost && error.cause.silent;
      if (!isLate || tries >= STORE_TRIES) return failureOf(error);
    }
  }
}

/** What can be looked at where there is no store. */
async function lookWithout({message, next, code}: Failure, {out}: Call, settings: Settings): Promise<Looked> {
  const isAway = code === 'store-unreachable';
  // An embedded store comes to be with the first release: until then it is no fault.
  const isYetToBe = isAway && (await resolveTarget(settings.store, process.env)).kind === 'sqlite';
  const found = isYetToBe ? doubt('store', message, next) : wrong('store', message, next);
  const plan = (await configuredPlan(settings, settings.feature ?? '', out.say)) ?? builtInPlan;
  const findings = [found, ...(await lookAtHost(settings, plan))];
  return {feature: null, findings, ...(isAway && !isYetToBe ? {exit: EXIT.unreachable} : {})};
}

/** A message to every channel, which says that it is a test. @throws Failure exit code 2 */
async function test({flags}: Call, settings: Settings, feature: string | null): Promise<Finding[]> {
  const about = {
    feature: feature ?? settings.feature ?? 'no feature yet',
    by: readStamp(flags).by.name,
    contacts: settings.config?.value.contacts ?? {},
    lang: (settings.config?.value.alerts ?? DEFAULT_ALERTS).lang,
  };
  return await testChannels(channelSpecs(settings), about);
}

/** The feature that is meant; null: the store has none yet, and there is enough to look at without one. */
async function nameOf(call: Call, settings: Settings, store: ViewStore): Promise<string | null> {
  if (settings.feature === null && (await store.features().catch(() => [])).length === 0) return null;
  return await chooseFeature(settings.feature, call.verb.name, () => store.features());
}

/**
 * Writes a commit after the last one that the chain holds: the store then moves aside whatever stands in the way, and keeps it.
 * @throws Failure, StoreFault
 */
async function repairLog(call: Call, settings: Settings): Promise<void> {
  const {out, flags} = call;
  const store = await openStore(settings.store, 'operator');
  try {
    const name = await chooseFeature(settings.feature, call.verb.name, () => store.features());
    const controller = openController(sourceOf(store, name));
    try {
      await controller.ready();
      const before = await watchChain(controller, CHAIN_IS_SEEN_WITHIN_MS);
      if (before.lastBreak === null) {
        if (!out.isJson) out.say(`the log of ${name} holds: there is nothing to repair`);
        return;
      }
      const alert = {
        type: 'alert',
        alert: newAlertId(),
        level: 'warning',
        key: LOG_KEY,
        message: `the log was repaired after version ${before.head?.version ?? 0}: ${before.lastBreak.why}`,
      } as const;
      const outcome = await controller.execute(alert, readStamp(flags));
      const failure = failureOfOutcome(outcome);
      if (failure !== null) throw failure;
      if (outcome.kind !== 'done')
        throw new Failure(EXIT.conflict, 'conflict', 'others were faster', 'graydeck doctor');
      if (!out.isJson)
        out.say(
          `the log of ${name} goes on with version ${outcome.version}; the entries in its way are kept apart`,
        );
    } finally {
      await controller.close();
    }
  } finally {
    await store.close();
  }
}

/** A person answers for an event that this version does not know. @throws Failure, StoreFault */
async function acceptUnknown(call: Call, settings: Settings): Promise<void> {
  const {out, flags} = call;
  const stamp = readStamp(flags);
  const store = await openStore(settings.store, 'operator');
  try {
    const name = await chooseFeature(settings.feature, call.verb.name, () => store.features());
    const controller = openController(sourceOf(store, name));
    try {
      await controller.ready();
      const {unknownEvent} = controller.snapshot().state;
      if (unknownEvent === null) {
        if (!out.isJson) out.say(`the log of ${name} holds nothing that this version does not know`);
        return;
      }
      const event = plainText(unknownEvent, 80);
      const outcome = await controller.execute({type: 'accept-unknown', event: unknownEvent}, stamp);
      const failure = failureOfOutcome(outcome);
      if (failure !== null) throw failure;
      if (!out.isJson)
        out.say(`"${event}" is passed over from now on, and the log of ${name} says who answers for it`);
    } finally {
      await controller.close();
    }
  } finally {
    await store.close();
  }
}

/** Lets streams go on that an application has set ahead of the store's clock. @throws Failure, StoreFault */
async function repairSamples({out, verb}: Call, settings: Settings): Promise<void> {
  const store = await openStore(settings.store, 'operator');
  try {
    const name = await chooseFeature(settings.feature, verb.name, () => store.features());
    const mended = await store.feature(name).mendStreams();
    if (out.isJson) return;
    if (mended.length === 0)
      out.say(`the streams of ${name} keep to the store's clock: there is nothing to repair`);
    for (const one of mended) out.say(mendedWords(one));
  } finally {
    await store.close();
  }
}

function tell({out}: Call, {check, level, text, remedy}: Finding): void {
  const mark = out.paint(COLORS[level], MARKS[level]);
  out.data(`${mark} ${check.padEnd(10)} ${text}`);
  if (remedy !== '') out.data(`  ${' '.repeat(10)} ${out.paint('dim', '→')} ${remedy}`);
}
