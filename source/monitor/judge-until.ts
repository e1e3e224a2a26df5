import {setImmediate as nextTurn} from 'node:timers/promises';
import type {Judgement} from '../analysis/judge/judge.ts';
import {type Report, appliedBy} from '../audience/applied.ts';
import type {ControllerView} from '../controller/outcome.ts';
import type {Release} from '../release/state.ts';
import type {Checkpoint} from './checkpoint.ts';
import type {Judging, ReleaseFacts} from './judging.ts';
import type {Outage} from './outage-tracker.ts';

/** Seconds judged again when a guard begins, at most, milliseconds: what the raw stream holds. */
export const CATCH_UP_MS = 900_000;

/** What is known when a guard begins to judge a release. */
export interface Beginning {
  release: Pick<Release, 'id' | 'startedAt' | 'splitChangedAt'>;
  /** What the guard before has left; null: nothing. */
  found: Checkpoint | null;
  /** The latest gap in the data that has not been judged yet; null: there is none. */
  blind: Outage | null;
  /** The store's clock, and the newest version of its log. */
  now: number;
  version: number;
}

/** Where to go on: as the one before would have, or afresh where it knew nothing or the time in between is lost. */
export function beginAt({release, found, blind, now, version}: Beginning): Omit<Checkpoint, 'schema'> {
  if (found !== null && blind === null && found.at <= now)
    return {...found, at: Math.max(found.at, wholeSecond(now - CATCH_UP_MS))};
  const notBefore = blind === null ? 0 : Math.min(blind.until, now);
  const at = Math.min(now, Math.max(release.splitChangedAt, notBefore, now - CATCH_UP_MS));
  return {release: release.id, at: wholeSecond(at), notBefore, version, judge: null, evidence: null};
}

/** Returns an outage without a judgement since; null: there was none, or a guard with data has judged since. */
export function unseen(
  outage: Outage | null,
  {startedAt}: Pick<Release, 'startedAt'>,
  found: Checkpoint | null,
) {
  return outage !== null && outage.until > (found?.at ?? startedAt) ? outage : null;
}

/** The beginning of the second that holds a moment. */
function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** The release as it is, for the judging of it; null: another has taken its place. */
export function releaseFacts(
  {releaseId}: Pick<Judging, 'releaseId'>,
  controller: Pick<ControllerView, 'snapshot' | 'now'>,
  reports: readonly Report[],
): (ReleaseFacts & {isApplied: boolean; unapplied: Report[]}) | null {
  const {state, split, splitVersion, head} = controller.snapshot();
  const {release} = state;
  if (release?.id !== releaseId) return null;
  const {live, silent, behind, troubled, percent} = appliedBy(reports, split, splitVersion, controller.now());
  // Where no router ever reports, apps place their users by themselves: what is observed must do.
  // One in trouble might not follow the next change.
  const isApplied = behind.length === 0 && troubled.length === 0 && (live.length > 0 || silent.length === 0);
  const applied = isApplied ? release.percent : percent === release.percent ? null : percent;
  const unapplied = live.filter(report => behind.includes(report) || troubled.includes(report));
  return {release, split, applied, version: head?.version ?? 0, isApplied, unapplied};
}

/** A second is looked at so long after its end, milliseconds: senders flush four times a second. */
export const SETTLE_MS = 400;
/** Seconds judged in one go before others have their turn. */
const AT_ONCE = 20;

/** Milliseconds until the next look, a while after each whole second. @param now the store's clock */
export function untilLook(now: number): number {
  return 1000 - ((((now - SETTLE_MS) % 1000) + 1000) % 1000);
}

/**
 * Judges every whole second since the last look; the last one counts. Null: there is none yet, the release has given way
 * to another, or the signal aborted.
 * @param until the store's clock, milliseconds since 1970
 * @param onJudged told of every second
 */
export async function judgeUntil(
  judging: Judging,
  until: number,
  releaseFacts: () => ReleaseFacts | null,
  signal: AbortSignal,
  onJudged: (judgement: Judgement) => void = () => undefined,
): Promise<Judgement | null> {
  const end = wholeSecond(until);
  let judgement: Judgement | null = null;
  let count = 0;
  for (let at = Math.max(judging.at, end - CATCH_UP_MS) + 1000; at <= end; at += 1000) {
    const facts = releaseFacts();
    if (facts === null) return null;
    judgement = judging.look(at, facts);
    onJudged(judgement);
    if (++count % AT_ONCE === 0) await nextTurn();
    if (signal.aborted) return null;
  }
  return judgement;
}
