import type {Outcome} from '../../controller/outcome.ts';
import type {Intent} from '../../release/command.ts';
import type {Release, ReleaseState, State} from '../../release/state.ts';
import {IN_WORDS} from '../../release/target.ts';
import type {Call} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, failureOfOutcome} from '../output/failure.ts';
import {unknownFeature} from '../session/feature.ts';
import type {Session} from '../session/session.ts';
import {confirmationFor} from '../../release/confirmation.ts';
import {type Question, confirm} from './ask.ts';

export type Awaited = ReleaseState | 'idle';

/** States that a release can reach from each state, by any actor; see `decide`. */
const REACHABLE: Record<ReleaseState, readonly ReleaseState[]> = {
  deploying: ['rolling', 'paused', 'promoting', 'completed', 'failed', 'rolling_back', 'rolled_back'],
  rolling: ['paused', 'promoting', 'completed', 'failed', 'rolling_back', 'rolled_back'],
  paused: ['rolling', 'promoting', 'completed', 'failed', 'rolling_back', 'rolled_back'],
  promoting: ['completed', 'failed', 'rolling_back', 'rolled_back'],
  rolling_back: ['rolled_back'],
  completed: ['rolling_back', 'rolled_back'],
  rolled_back: [],
  // Which of these depends on the step that failed.
  failed: ['promoting', 'completed', 'rolling_back', 'rolled_back'],
};
const FROM_FAILED_DEPLOY: readonly ReleaseState[] = ['deploying', 'rolling', 'paused', ...REACHABLE.failed];

/** How far the release `id` is from a state. `why`: where it is instead, in words. */
export function standing(
  {release, past}: State,
  id: string | null,
  wanted: Awaited,
  now: number,
): {kind: 'there'} | {kind: 'not-yet' | 'never'; why: string} {
  if (release === null) {
    return wanted === 'idle' ? {kind: 'there'} : {kind: 'not-yet', why: 'no release has been started'};
  }
  if (wanted === 'idle') return {kind: 'never', why: `${release.version} has been started`};
  if (release.id !== id) {
    const before = past.find(one => one.id === id);
    if (before?.state === wanted) return {kind: 'there'};
    const ended =
      before === undefined
        ? `release ${id ?? ''} is not in the log`
        : `${before.version} is ${IN_WORDS[before.state]}`;
    return {kind: 'never', why: `${ended}, and ${release.version} has taken its place`};
  }
  if (release.state === wanted) return {kind: 'there'};
  const why = `${release.version} is ${IN_WORDS[release.state]}`;
  return {kind: reachable(release, now).includes(wanted) ? 'not-yet' : 'never', why};
}

function reachable(release: Release, now: number): readonly ReleaseState[] {
  if (release.state === 'completed' && now - (release.endedAt ?? 0) > release.plan.rollbackWindowMs)
    return [];
  if (release.state === 'failed' && release.phase < 0) return FROM_FAILED_DEPLOY;
  return REACHABLE[release.state];
}

/** What became of a command that was not refused. */
export type Done = Extract<Outcome, {kind: 'done' | 'nothing'}> & {
  /** The state before it. */
  before: State;
  isDryRun: boolean;
};

/**
 * Carries a command to the log. `question`: what to ask first, given the state before and after; null: nothing to ask.
 * A refusal comes before the question, and a dry run asks nothing.
 * @throws Failure exit codes 2, 3 and 4
 */
export async function execute(
  call: Call,
  session: Session,
  intent: Intent,
  question: (before: State, after: State) => Question | null = () => null,
): Promise<Done> {
  const {controller, stamp} = session;
  const before = controller.snapshot().state;
  const isDryRun = call.flags.dryRun;
  const version = versionFor(intent, before);
  if (isDryRun || !call.flags.yes || version !== null) {
    const foreseen = await controller.execute(intent, stamp, {dryRun: true});
    const wrong = failureOfOutcome(foreseen);
    if (wrong !== null) throw await withFeatures(session, wrong);
    if (isDryRun || foreseen.kind === 'nothing') return {...ended(foreseen), before, isDryRun};
    const asked = question(before, foreseen.state);
    if (asked !== null) await confirm(call, version === null ? asked : {...asked, expected: version});
  }
  const outcome = await controller.execute(intent, stamp);
  const failure = failureOfOutcome(outcome);
  if (failure !== null) throw await withFeatures(session, failure);
  return {...ended(outcome), before, isDryRun};
}

/** The version that must be repeated, because gray would reach everyone; null: a yes is enough. */
function versionFor(intent: Intent, {release}: State): string | null {
  // A start shows its whole plan before, and a user on a list raises no percent.
  if (intent.type === 'start' || intent.type === 'include' || intent.type === 'remove') return null;
  const confirmation = confirmationFor(intent, release);
  return typeof confirmation === 'string' ? confirmation : null;
}

/** A rollback asks nothing and looks at nothing first. */
export async function executeAtOnce(call: Call, session: Session, intent: Intent): Promise<Done> {
  const {controller, stamp} = session;
  const before = controller.snapshot().state;
  const isDryRun = call.flags.dryRun;
  const outcome = await controller.execute(intent, stamp, {dryRun: isDryRun});
  const failure = failureOfOutcome(outcome);
  if (failure !== null) throw await withFeatures(session, failure);
  return {...ended(outcome), before, isDryRun};
}

/**
 * The release a verb means: the one that `--release` names, else the one at hand.
 * @throws Failure exit code 3 where there is none.
 */
export async function releaseAtHand(call: Call, session: Session): Promise<string> {
  if (call.flags.release !== undefined) return call.flags.release;
  return (await currentRelease(session)).id;
}

/** The release at hand. @throws Failure exit code 3 where there is none. */
export async function currentRelease(session: Session): Promise<Release> {
  const {release} = session.controller.snapshot().state;
  if (release !== null) return release;
  throw await withFeatures(
    session,
    new Failure(EXIT.refused, 'nothing-live', 'no release has been started', 'graydeck start VERSION'),
  );
}

function ended(outcome: Outcome): Extract<Outcome, {kind: 'done' | 'nothing'}> {
  if (outcome.kind === 'done' || outcome.kind === 'nothing') return outcome;
  throw new TypeError(outcome.kind);
}

/** Where nothing is found because the name of the feature is mistyped, that is the thing to say. */
async function withFeatures({store, feature}: Session, failure: Failure): Promise<Failure> {
  if (failure.code !== 'nothing-live') return failure;
  const features = await store.features().catch(() => [feature.feature]);
  if (features.includes(feature.feature)) return failure;
  return new Failure(EXIT.refused, 'nothing-live', unknownFeature(feature.feature, features), failure.next);
}
