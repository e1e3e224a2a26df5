import {once} from 'node:events';
import {join} from 'node:path';
import {type DeclaredMetrics, MetricTable, REQUESTS} from '../../analysis/metric-table.ts';
import {plainText} from '../../text/plain-text.ts';
import {Sample} from '../../analysis/sample.ts';
import {analysisSnapshot} from '../../analysis/windows/snapshot.ts';
import {messagesOf} from '../../console/messages/catalogue.ts';
import {measured} from '../../text/format.ts';
import {newAlertId} from '../../controller/ids.ts';
import type {Controller, ControllerView} from '../../controller/outcome.ts';
import {changeOrTime} from '../../controller/working-log.ts';
import {Measurements} from '../../metrics/follower.ts';
import {SampleParser} from '../../metrics/sample.ts';
import type {Actor} from '../../release/command.ts';
import type {Release, Step} from '../../release/state.ts';
import {stepDue} from '../../release/step.ts';
import {type AllowList, whyUnlisted} from '../../steps/allow.ts';
import {type TakeSnapshot, notifyPerformer} from '../../steps/snapshot.ts';
import {performersFor} from '../../steps/performers.ts';
import {StepRefused, type StepRunner, runSteps} from '../../steps/run-steps.ts';
import type {TrafficView} from '../../steps/traffic.ts';
import {stateFolder} from '../../store/open.ts';
import type {FeatureStore, FeatureView, SampleReader} from '../../store/port.ts';
import type {Call} from '../call.ts';
import {hasChannels, notifyMeanwhile} from '../notify/notify-meanwhile.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, failureOf} from '../output/failure.ts';
import type {Session} from '../session/session.ts';
import {type Settings, hookVariablesOf} from '../session/settings.ts';
import {nameHere} from './actor.ts';
import {languageOf} from '../../text/language.ts';

/** Milliseconds between two looks at steps that another process runs. */
const LOOK_AGAIN_MS = 1000;

/** Reads what the store still holds of a release, whatever its split was at the time. */
function snapshotTaker(
  feature: Pick<FeatureView, 'samples' | 'rollUps'>,
  view: ControllerView,
  declared: DeclaredMetrics,
): TakeSnapshot {
  return async (release, signal) => {
    const now = () => view.now();
    const measurements = new Measurements({
      samples: feature.samples,
      rollUps: feature.rollUps,
      now,
      ...declared,
    });
    measurements.setRelease({release: release.id, splitVersion: 0, since: release.startedAt});
    try {
      const stopped = signal.aborted ? Promise.resolve() : once(signal, 'abort');
      await Promise.race([measurements.start(), stopped]);
      const {state} = view.snapshot();
      const {windows} = measurements;
      return analysisSnapshot({state, release, commits: view.commits(), windows, now: now()});
    } finally {
      await measurements.close();
    }
  };
}

/** An answered request is told of within a flush of its app and a moment on the way; milliseconds. */
const LATE_MS = 2000;

/** How many requests gray answered since a moment, by the store's clock; null where gray measured nothing at all. */
export async function grayRequestsSince(
  samples: SampleReader,
  since: number,
  signal: AbortSignal,
): Promise<number | null> {
  const parser = new SampleParser(new MetricTable({}, 60));
  const sample = new Sample();
  let requests = 0;
  let isMeasured = false;
  await samples.history(
    since - LATE_MS,
    entries => {
      for (const {fields, at} of entries) {
        if (parser.parse(fields, at, sample) !== null) continue;
        isMeasured = true;
        const share = shareSince(since, sample);
        if (sample.side !== 'gray' || share === 0) continue;
        for (let index = 0; index < sample.length; index++) {
          if (sample.metrics[index]?.index === REQUESTS)
            requests += Math.ceil((sample.values[index] ?? 0) * share);
        }
      }
    },
    signal,
  );
  return isMeasured ? requests : null;
}

/** How much of a batch was measured since a moment: its age counts from its middle, so it began twice that ago. */
function shareSince(since: number, {at, age}: Pick<Sample, 'at' | 'age'>): number {
  if (at <= since) return 0;
  const lasted = 2 * age;
  return lasted > 0 ? Math.min(1, (at - since) / lasted) : 1;
}

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
  const {controller, local, stamp, settings} = session;
  const signal = call.interrupted();
  const told = new Map<string, Step['state']>();
  const tell = () => {
    const {release} = controller.snapshot().state;
    if (release?.id === releaseId && !call.out.isJson) tellSteps(call, release, told);
  };
  remember(controller.snapshot().state.release, told);
  const stop = controller.subscribe(tell);
  try {
    if (local === null) await awaitSteps(controller, releaseId, signal);
    else {
      const runner = stepRunner(local.feature, controller, stamp.by, settings);
      await notifyMeanwhile(session, signal, () => runSteps(runner, releaseId, signal));
    }
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

/** Waits for the steps of a release, which a guard or the server runs. */
async function awaitSteps(controller: Controller, releaseId: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const {release} = controller.snapshot().state;
    if (release?.id !== releaseId || stepDue(release) === null) return;
    await changeOrTime(controller, LOOK_AGAIN_MS, signal);
  }
}

/** What a release was like is kept before it is forgotten; that it could not be is no fault of the release. */
async function tellOfReport(
  {out}: Call,
  {controller, local, settings}: Session,
  release: Pick<Release, 'id' | 'state'>,
): Promise<void> {
  if (local === null) return;
  if (release.state !== 'completed' && release.state !== 'rolled_back') return;
  const {keepReport} = await import('../report/write-report.ts');
  try {
    await keepReport({feature: local.feature, view: controller, settings}, release.id);
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
