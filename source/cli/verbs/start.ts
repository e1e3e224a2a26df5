import {builtInPlan} from '../../config/plan/built-in.ts';
import {fasterPlan} from '../../config/describe/plan.ts';
import {phaseLines} from '../../config/describe/phase.ts';
import {plainText} from '../../text/plain-text.ts';
import {setPercent} from '../../text/format.ts';
import {newReleaseId} from '../../controller/ids.ts';
import {isName} from '../../release/name.ts';
import type {Plan} from '../../release/plan.ts';
import type {Release, State} from '../../release/state.ts';
import {execute} from '../commands/execute.ts';
import {type Question, hoursQuestion} from '../commands/ask.ts';
import type {Call, Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, failureOfOutcome, usage} from '../output/failure.ts';
import {readPlanFile} from '../commands/plan-source.ts';
import {preflight, printFindings} from '../commands/preflight.ts';
import {reportCommand} from '../output/report-command.ts';
import {openSession, using, type Session} from '../session/session.ts';
import {configuredPlan, loadSettings} from '../session/settings.ts';
import {allowList, failedSteps, seeThrough} from '../commands/steps.ts';
import {rememberStart} from '../../steps/allow.ts';
import {quote} from '../../text/quote.ts';
import {languageOf} from '../../text/language.ts';

/** `start VERSION`: begins a release, runs its deploy steps and waits until it rolls. */
export const run: Run = async call => {
  const {flags, out} = call;
  const version = checkVersion(call.args[0] ?? '');
  const over = flags.over === undefined ? undefined : checkVersion(flags.over);
  const speed = readSpeed(flags.speed);
  const settings = await loadSettings(call);
  const metrics = settings.config?.value.metrics ?? {};
  const given = flags.plan === undefined ? null : await readPlanFile(flags.plan, out.say, metrics);
  const named = flags.feature ?? settings.feature;
  if (given !== null && named !== null) mustBeFor(given, named, flags.plan ?? 'the plan');
  return await using(openSession(call, settings, given?.feature ?? null), async session => {
    const {feature} = session.feature;
    const written = given ?? (await configuredPlan(settings, feature, out.say)) ?? builtInPlan;
    mustBeFor(written, feature, 'the plan of the configuration');
    const hours = [...(written.raise ?? []), ...(settings.config?.value.raise ?? [])];
    const bound = hours.length === 0 ? written : {...written, raise: hours};
    const plan = speed === 1 ? bound : fasterPlan(bound, speed);
    if (speed !== 1) out.say(REHEARSAL);
    const release = newReleaseId();
    const intent = {
      type: 'start',
      release,
      version,
      plan,
      supersede: flags.supersede,
      ...(over === undefined ? {} : {over}),
    } as const;
    // Who may not start at all need not answer for a checklist.
    const refused = failureOfOutcome(await session.controller.execute(intent, session.stamp, {dryRun: true}));
    if (refused !== null) throw refused;
    const {findings, note} = await preflight(call, session, plan);
    const said = [note, speed === 1 ? null : `times divided by ${speed}`].filter(text => text !== null);
    const telling = {...session, stamp: saying(session.stamp, said)};
    if (!flags.dryRun && session.local !== null) await remember(session, release, plan);
    const done = await execute(call, telling, intent, before =>
      question(call, before, version, plan, session.controller.now()),
    );
    if (flags.yes) printFindings(call, findings);
    const isShort = flags.dryRun || !flags.wait;
    if (!out.isJson || isShort)
      reportCommand(call, session, done, {timetable: timetable(plan), preflight: findings});
    if (flags.dryRun && !out.isJson) {
      for (const line of phaseLines(plan, languageOf(flags.lang, process.env))) out.data(line);
    }
    if (isShort) return EXIT.done;
    const started = await untilRolling(call, session, release);
    if (out.isJson)
      reportCommand(
        call,
        session,
        {...done, state: {...done.state, release: started}},
        {timetable: timetable(plan), preflight: findings},
      );
    const failure = failedSteps(started, 'deploy', 'no user gets gray');
    if (failure !== null) throw failure;
    return EXIT.done;
  });
};

/** The plan counts as listed on this host; where that cannot be kept, its hooks fail here and say why. */
async function remember({settings}: Session, release: string, plan: Plan): Promise<void> {
  await rememberStart(allowList(settings).folder, release, plan).catch(() => undefined);
}

/** A plan that names a feature is for that one. @throws Failure exit code 2 */
function mustBeFor(plan: Plan, feature: string, name: string): void {
  if (plan.feature === null || plan.feature === feature) return;
  throw usage(
    `${plainText(name, 80)} is for the feature ${plan.feature}, and the release would be of ${plainText(feature, 64)}`,
    `--feature ${plan.feature}, or a plan that says feature: ${plainText(feature, 64)} or names none`,
    'other-feature',
  );
}

/** A version as people and logs can hold it. @throws Failure exit code 2. */
export function checkVersion(version: string): string {
  const isFit: boolean = isName(version);
  if (isFit) return version;
  throw usage(
    version.trim() === '' ? 'the version is empty' : `${quote(version)} cannot be a version`,
    'up to 128 characters, no control characters: graydeck start v1.1.0',
    'bad-version',
  );
}

/** Said at the start: what a rehearsal shows and what it does not. */
const REHEARSAL =
  'a rehearsal: it shows that phases, hooks, limits and channels work. Windows stay long enough to be judged, and phases are ' +
  'too short to show small differences: graydeck plan check --traffic says how long that takes';

const FASTEST = 1_000_000;

/** How many times as fast the plan is to run. @throws Failure exit code 2. */
function readSpeed(typed: string | undefined): number {
  if (typed === undefined) return 1;
  const speed = Number(typed);
  if (speed >= 1 && speed <= FASTEST) return speed;
  throw usage(
    `--speed cannot be ${quote(typed)}`,
    `a number from 1 to ${FASTEST}: --speed 1000 makes 24 h 86.4 s`,
    'bad-speed',
  );
}

/** Adds notes to the reason: readers of the log must see a rehearsal as one, and which checks were confirmed or skipped. */
function saying(stamp: Session['stamp'], said: readonly string[]): Session['stamp'] {
  const reason = [...(stamp.reason === undefined ? [] : [stamp.reason]), ...said].join('; ');
  return reason === '' ? stamp : {by: stamp.by, reason};
}

/** The steps of the release before it, where there is one to be taken back first; then its own. */
async function untilRolling(call: Call, session: Session, id: string): Promise<Release> {
  for (;;) {
    const {release} = session.controller.snapshot().state;
    if (release?.id === id) {
      const seen = await seeThrough(call, session, id);
      if (seen !== null) return seen;
    } else if (release?.next?.release === id) {
      await seeThrough(call, session, release.id);
    } else {
      throw new Failure(
        EXIT.refused,
        'moved-on',
        'the start was cancelled, or another release took its place',
        'graydeck status',
      );
    }
  }
}

function question(
  {flags}: Call,
  {feature, release, prodVersion}: State,
  version: string,
  plan: Plan,
  now: number,
): Question {
  const over = flags.over ?? prodVersion;
  const [first] = plan.phases;
  const then = plan.phases.slice(1).map(({name, percent}) => `${plainText(name, 40)} ${setPercent(percent)}`);
  const isTaken =
    flags.supersede && release !== null && release.state !== 'completed' && release.state !== 'rolled_back';
  return {
    lines: [
      ...(isTaken
        ? [`${feature} ${release.version} is rolled back first: ${setPercent(release.percent)} → 0 %.`]
        : []),
      `${feature} ${version}${over === null ? '' : ` over ${over}`}: 0 % → ${setPercent(first?.percent ?? 0)} ` +
        `of ${(first?.audience ?? null) === null ? 'the people' : 'its audience'} get gray, phase ${plainText(first?.name ?? '?', 40)}.`,
      ...(then.length === 0 ? [] : [`Then: ${then.join(', ')}.`]),
      ...hoursQuestion({plan}, now),
    ],
    command: `graydeck start ${/^[\w.@+-]+$/u.test(version) ? version : 'VERSION'} --feature ${feature}`,
  };
}

/** The phases in time: when each is entered at the earliest, in milliseconds after the start; null: when told. */
function timetable({phases}: Plan) {
  let from: number | null = 0;
  return phases.map(({name, percent, durationMs, manual}) => {
    const entry = {name, percent, fromMs: from, durationMs};
    from = from === null || durationMs === null || manual ? null : from + durationMs;
    return entry;
  });
}
