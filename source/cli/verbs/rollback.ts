import {setTimeout as pause} from 'node:timers/promises';
import {isSilent} from '../../audience/applied.ts';
import {plainText} from '../../text/plain-text.ts';
import {messagesOf} from '../../console/messages/catalogue.ts';
import {measured} from '../../text/format.ts';
import type {Release} from '../../release/state.ts';
import {latchPath} from '../../router/latch-file.ts';
import {OFFLINE_DOES, offlineCommand, RollbackFault, StoreFault} from '../../store/fault.ts';
import {stateFolder} from '../../store/open.ts';
import {executeAtOnce, releaseAtHand} from '../commands/execute.ts';
import type {Call, Run} from '../call.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {Failure, failureOf} from '../output/failure.ts';
import {setOfflineLatch} from '../commands/offline.ts';
import {reportCommand} from '../output/report-command.ts';
import {openSession, using, type Session} from '../session/session.ts';
import {loadSettings} from '../session/settings.ts';
import {failedSteps, seeThrough} from '../commands/steps.ts';
import {languageOf} from '../../text/language.ts';

/** How often a rollback that was latched is tried to be written, in milliseconds. */
const SUBMITS_EVERY_MS = 1000;

/** `rollback`: traffic first, at once; then its steps. Asked again, it sees the steps of the first one through. */
export const run: Run = async call => {
  if (call.flags.offline) return await withoutStore(call);
  const progress: Progress = {feature: call.flags.feature ?? null, isWritten: false};
  try {
    return await withStore(call, progress);
  } catch (error) {
    throw progress.isWritten ? error : withOfflineWay(error, progress.feature);
  }
};

/** How far a rollback has come. */
interface Progress {
  /** Null until it is known. */
  feature: string | null;
  /** Whether the log holds the rollback. */
  isWritten: boolean;
}

/** Names the way without the store if the store, or others who wrote first, kept the rollback from being written. */
function withOfflineWay(error: unknown, feature: string | null): unknown {
  const failure = failureOf(error);
  if (!(error instanceof StoreFault) && failure.code !== 'conflict') return error;
  const offline = offlineCommand(feature);
  const {exit, code, message, lines, facts} = failure;
  const next = error instanceof RollbackFault ? error.hint : `${offline} ${OFFLINE_DOES} ${failure.next}`;
  return new Failure(exit, code, message, next, {lines, facts: {...facts, offline}, cause: error});
}

/** Sets prod for everyone on this host, even without the store; then writes the log as soon as the store answers. */
async function withoutStore(call: Call): Promise<ExitCode> {
  const {flags, out} = call;
  const settings = await loadSettings(call);
  const {feature, release, at} = await setOfflineLatch(call, settings);
  const path = latchPath(stateFolder(process.env), feature);
  if (flags.dryRun || !flags.wait) {
    if (out.isJson)
      out.json({schema: 'graydeck.offline/1', feature, release, path, at, dryRun: flags.dryRun});
    else
      out.data(
        `${feature}  ${flags.dryRun ? 'would be latched' : 'latched'}: the routers of this host have prod for everyone`,
      );
    out.say(`  ${path} holds until the log knows: graydeck rollback --feature ${feature}`);
    return EXIT.done;
  }
  out.say(`${feature}: latched, the routers of this host have prod for everyone; ${path}`);
  const signal = call.interrupted();
  const online: Call = {...call, flags: {...flags, feature, release}};
  for (let isTold = false; !signal.aborted; isTold = true) {
    try {
      return await withStore(online, {feature, isWritten: false});
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error;
      if (!isTold) out.say('  waiting for the store, to write it into the log; the latch holds without that');
    }
    await pause(SUBMITS_EVERY_MS, undefined, {signal}).catch(() => undefined);
  }
  return EXIT.done;
}

async function withStore(call: Call, progress: Progress): Promise<ExitCode> {
  const {flags, out} = call;
  return await using(openSession(call), async session => {
    progress.feature = session.feature.feature;
    const id = await releaseAtHand(call, session);
    const done = await executeAtOnce(call, session, {type: 'rollback', release: id});
    progress.isWritten = true;
    const isOver = done.kind === 'nothing' && done.notice === 'already-rolled-back';
    const isUnknown = done.state.release?.id !== id;
    if (flags.dryRun || !flags.wait || isOver || isUnknown) {
      reportCommand(call, session, done);
      if (!flags.wait && !flags.dryRun && !isOver && !out.isJson) {
        out.say(
          '  traffic is set; steps are run and people told by a guard, an open console, or: graydeck rollback',
        );
      }
      return EXIT.done;
    }
    if (!out.isJson) reportCommand(call, session, done);
    if (!out.isJson) sayWhereProdStays(call, done.state.release);
    const release = await seeThrough(call, session, id);
    const facts = release?.steps.find(step => step.id === 'rollback.traffic')?.facts ?? {};
    if (out.isJson)
      reportCommand(call, session, done, {
        ended: release?.state ?? null,
        ...factsOf(facts),
        steps: stepsOf(release),
      });
    else out.data(await sentence(call, session, {...facts, now: session.controller.now()}));
    const failure = failedSteps(release, 'rollback', 'everyone is on prod');
    if (failure !== null) throw failure;
    return EXIT.done;
  });
}

/** What no step leads back from is said at once: prod itself is the new version, and stays it. */
function sayWhereProdStays({out}: Call, release: Release | null): void {
  if (release?.prodChanged !== true || release.plan.hooks.demote !== undefined) return;
  const older = release.over === null ? 'the older version' : plainText(release.over, 60);
  out.say(
    `  ▲ prod may be ${plainText(release.version, 60)} already, and no demote hook leads back: bring ${older} back by hand`,
  );
}

type Facts = Readonly<Record<string, number>>;

function factsOf({ms, routers, confirmed, silent, grayRequestsAfter}: Facts) {
  return {
    // Without a router nothing was seen to change.
    ms: routers === 0 ? null : (ms ?? null),
    routers: {known: routers ?? null, confirmed: confirmed ?? null, silent: silent ?? null},
    grayRequestsAfter: grayRequestsAfter ?? null,
  };
}

function stepsOf(release: Release | null) {
  return (release?.steps ?? []).map(({id, state, error}) => ({id, state, error}));
}

/** How fast, who confirmed, who is silent, and what still reached gray after the key. */
async function sentence({flags}: Call, {feature}: Session, facts: Facts): Promise<string> {
  const {rollback, headlines} = messagesOf(languageOf(flags.lang, process.env));
  const known = facts['routers'] ?? 0;
  const time = measured(facts['ms'] ?? 0);
  const after = facts['grayRequestsAfter'] ?? null;
  if (known === 0) return rollback.unconfirmed(after);
  const told = rollback.through(time, facts['confirmed'] ?? 0, known, after);
  const silent = facts['silent'] ?? 0;
  if (silent === 0) return told;
  const now = facts['now'] ?? 0;
  const names = (await feature.routers.list().catch(() => []))
    .filter(report => isSilent(report, now))
    .map(({name}) => plainText(name, 40));
  return `${told}; ${headlines.silent(silent, names.slice(0, 3), 0)}`;
}
