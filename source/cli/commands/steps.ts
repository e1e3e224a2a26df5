import {join} from 'node:path';
import {plainText} from '../../analysis/plain-text.ts';
import {messagesOf} from '../../console/messages/catalogue.ts';
import {measured} from '../../console/present/format.ts';
import type {Actor} from '../../release/command.ts';
import {notifyPerformer} from '../../steps/notify-performer.ts';
import {performersFor} from '../../steps/performers.ts';
import {runSteps, StepRefused, type StepRunner} from '../../steps/run-steps.ts';
import type {TrafficView} from '../../steps/traffic.ts';
import {newAlertId} from '../../controller/ids.ts';
import type {Controller} from '../../controller/outcome.ts';
import {stateFolder} from '../../store/open.ts';
import {whyUnlisted, type AllowList} from '../../steps/allow.ts';
import type {Release, Step} from '../../release/state.ts';
import type {FeatureStore} from '../../store/port.ts';
import type {Call} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, failureOf} from '../output/failure.ts';
import {nameHere} from './actor.ts';
import {grayRequestsSince} from './gray-requests.ts';
import {languageOf} from '../command-line/language.ts';
import {notifyMeanwhile} from '../notify/notify-meanwhile.ts';
import {hookVariablesOf} from '../session/settings.ts';
import {hasChannels} from '../notify/specs.ts';
import type {Session} from '../session/session.ts';
import type {Settings} from '../session/settings.ts';
import {snapshotTaker} from './take-snapshot.ts';

/** Who runs the steps of this feature in this process, and by what means. */
export function stepRunner(
  feature: FeatureStore,
  controller: Controller,
  by: Actor,
  settings: Pick<Settings, 'declared' | 'config'>,
): StepRunner {
  const traffic: TrafficView = {
    split() {
      const {split, splitVersion} = controller.snapshot();
      return {split, since: splitVersion};
    },
    routers: () => feature.routers.list(),
    now: () => controller.now(),
    grayRequestsSince: since => grayRequestsSince(feature.samples, since, AbortSignal.timeout(5000)),
  };
  const actor: Actor = {...by, name: nameHere(by.name)};
  const told = {
    state: () => controller.snapshot().state,
    subscribe: (listener: () => void) => controller.subscribe(listener),
  };
  return {
    log: {
      ...told,
      now: () => controller.now(),
      execute: intent => controller.execute(intent, {by: actor}),
    },
    performerOf: performersFor({
      feature: feature.feature,
      outputs: feature.outputs,
      mayRun: (argv, release) => whyUnlisted(allowList(settings), argv, release),
      tellGate: (release, step, words) =>
        controller.execute({type: 'tell-gate', release, step, words, alert: newAlertId()}, {by: actor}),
      variables: hookVariablesOf(settings),
      traffic,
      epoch: () => controller.snapshot().state.guard?.epoch ?? null,
      takeSnapshot: snapshotTaker(feature, controller, settings.declared),
      notify: hasChannels(settings) ? notifyPerformer(told) : null,
    }),
    actor: actor.name,
  };
}

/** What this host may run: what its configuration lists, and the plans that were started here. */
export function allowList({config}: Pick<Settings, 'config'>): AllowList {
  return {patterns: config?.value.allow ?? [], folder: join(stateFolder(process.env), 'started')};
}

/**
 * Runs the due steps of the release and waits for those that another process runs; prints each change.
 * Resolves to the release as it then is, null where another has taken its place.
 * @throws Failure when interrupted, or where this process may not run what is due; StoreFault.
 */
export async function seeThrough(call: Call, session: Session, releaseId: string): Promise<Release | null> {
  const {controller, feature, stamp, settings} = session;
  const signal = call.interrupted();
  const told = new Map<string, Step['state']>();
  const tell = () => {
    const {release} = controller.snapshot().state;
    if (release?.id === releaseId && !call.out.isJson) tellSteps(call, release, told);
  };
  remember(controller.snapshot().state.release, told);
  const stop = controller.subscribe(tell);
  try {
    const runner = stepRunner(feature, controller, stamp.by, settings);
    await notifyMeanwhile(session, signal, () => runSteps(runner, releaseId, signal));
  } catch (error) {
    if (!(error instanceof StepRefused)) throw error;
    throw new Failure(EXIT.fault, 'step-refused', error.message, 'graydeck status lists the steps');
  } finally {
    stop();
  }
  tell();
  const {release, past} = controller.snapshot().state;
  if (signal.aborted) {
    throw new Failure(
      EXIT.interrupted,
      'interrupted',
      'interrupted: a guard or an open console continues the steps',
      'graydeck status',
    );
  }
  const isReplaced = release?.id !== releaseId;
  const seen = isReplaced ? past.find(({id}) => id === releaseId) : release;
  if (seen !== undefined) await tellOfReport(call, session, seen);
  return isReplaced ? null : release;
}

/** What a release was like is kept before it is forgotten; that it could not be is no fault of the release. */
async function tellOfReport(
  {out}: Call,
  {controller, feature, settings}: Session,
  release: Pick<Release, 'id' | 'state'>,
): Promise<void> {
  if (release.state !== 'completed' && release.state !== 'rolled_back') return;
  const {keepReport} = await import('../report/keep-report.ts');
  try {
    await keepReport({feature, view: controller, settings}, release.id);
  } catch (error) {
    out.say(`  the report could not be kept: ${failureOf(error).message}`);
  }
}

function remember(release: Release | null, told: Map<string, Step['state']>): void {
  for (const {id, state} of release?.steps ?? []) told.set(id, state);
}

function tellSteps({out, flags}: Call, {steps}: Release, told: Map<string, Step['state']>): void {
  const {steps: names} = messagesOf(languageOf(flags.lang, process.env));
  for (const step of steps) {
    const before = told.get(step.id);
    told.set(step.id, step.state);
    if (before === step.state || step.state === 'pending') continue;
    if (before === undefined && step.state === 'skipped') continue;
    out.say(`  ${mark(step)} ${names[step.name]}${outcome(step)}`);
  }
}

function mark({state}: Step): string {
  if (state === 'done') return '✔';
  return state === 'failed' ? '✖' : state === 'running' ? '…' : '–';
}

function outcome({state, startedAt, endedAt, error}: Step): string {
  if (state === 'running') return '';
  const time = startedAt === null || endedAt === null ? '' : `  ${measured(endedAt - startedAt)}`;
  return `${time}${error === null ? '' : `  ${plainText(error, 200)}`}`;
}

/** Steps of a run that failed, as one failure; null when none did. */
export function failedSteps(release: Release | null, run: Step['run'], soFar: string): Failure | null {
  const failed = (release?.steps ?? []).filter(step => step.run === run && step.state === 'failed');
  const [first] = failed;
  if (first === undefined) return null;
  return new Failure(
    EXIT.fault,
    'step-failed',
    `${soFar}, but ${failed.map(({id}) => id).join(', ')} failed: ${plainText(first.error ?? 'no reason given', 200)}`,
    run === 'phase' ? 'graydeck resume, then graydeck next' : `graydeck retry ${first.id}`,
    {facts: {steps: failed.map(({id, error}) => ({id, error}))}},
  );
}
