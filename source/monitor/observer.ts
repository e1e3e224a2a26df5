import type {Judgement} from '../analysis/judge/judge.ts';
import type {Judged} from '../analysis/judge/findings.ts';
import type {Report} from '../audience/applied.ts';
import type {ControllerView} from '../controller/outcome.ts';
import {hasGrayRoute} from '../release/derive-split.ts';
import type {Release} from '../release/state.ts';
import {SETTLE_MS, beginAt, judgeUntil, releaseFacts, unseen} from './judge-until.ts';
import {readCheckpoint, type CheckpointReader} from './checkpoint.ts';
import {elapsed, type Clock, type Moment} from './clock.ts';
import type {Outage} from './outage-tracker.ts';
import {Judging, type JudgingOptions, type ReleaseFacts} from './judging.ts';

export interface ObserverOptions extends JudgingOptions {
  view: Pick<ControllerView, 'snapshot' | 'now'>;
  shelf: CheckpointReader;
  /** Newest report of every router known. */
  routers(): readonly Report[] | Promise<readonly Report[]>;
  /** When the store was away last. */
  outage(): Outage | null;
  clock: Clock;
}

/** Milliseconds between two looks at the guard's checkpoint. */
const COMPARE_EVERY_MS = 30_000;

/**
 * Judges as the guard does, from the same samples and from where the guard's checkpoint stands, and does nothing: writes
 * no checkpoint, gives no command. So a console that is opened late shows the verdict of one that never stopped, and
 * says what a guard would do where there is none.
 */
export class Observer {
  readonly #means: ObserverOptions;
  #judging: Judging | null = null;
  #judged: Judged | null = null;
  /** What it began under: another guard, or a store that was away, begins anew. */
  #epoch: number | null = null;
  #outage: Outage | null = null;
  #readAt: Moment | null = null;

  constructor(means: ObserverOptions) {
    this.#means = means;
  }

  /** What came of the last look; null: there is nothing to judge, or nothing was judged yet. */
  get judged(): Judged | null {
    return this.#judged;
  }

  /** Judges the seconds since the last look. @throws StoreFault when the checkpoint cannot be read */
  async look(signal: AbortSignal): Promise<void> {
    const {view} = this.#means;
    const {release} = view.snapshot().state;
    if (!hasGrayRoute(release)) {
      this.#judging = null;
      this.#judged = null;
      return;
    }
    const before = this.#judging;
    const judging = await this.#judgingOf(release);
    const isNew = judging !== before;
    const reports = await this.#means.routers();
    const facts = () => releaseFacts(judging, view, reports);
    const news = await judgeUntil(judging, view.now() - SETTLE_MS, facts, signal);
    const judgement = news ?? (isNew && judging.at > release.splitChangedAt ? again(judging, facts()) : null);
    if (judgement !== null) this.#judged = {release: release.id, since: release.splitChangedAt, judgement};
  }

  /** The judging at work, unless the guard began anew meanwhile: then one that goes on where the guard stands. */
  async #judgingOf(release: Release): Promise<Judging> {
    const {view, shelf, clock} = this.#means;
    const now = view.now();
    const {state, head} = view.snapshot();
    const epoch = state.guard?.epoch ?? null;
    const outage = this.#means.outage();
    const old = this.#judging;
    // A clock that went back leaves everything judged in the future.
    const isSame = old !== null && old.releaseId === release.id && old.at <= now;
    const isSettled = isSame && this.#epoch === epoch && this.#outage === outage;
    const moment = clock();
    if (isSettled && this.#readAt !== null && elapsed(this.#readAt, moment) < COMPARE_EVERY_MS) return old;
    const found = await readCheckpoint(shelf, release.id, now);
    this.#readAt = moment;
    const blind = unseen(outage, release, found);
    // The guard's checkpoint says since when data counts. Without a judgement since then, this observer says it.
    if (isSettled && (found === null || blind !== null || found.notBefore === old.notBefore)) return old;
    this.#epoch = epoch;
    this.#outage = outage;
    const version = head?.version ?? 0;
    this.#judging = new Judging(this.#means, beginAt({release, found, blind, now, version}));
    return this.#judging;
  }
}

/** A checkpoint may be of this very second. To judge a second twice changes nothing and tells what came of it. */
function again(judging: Judging, facts: ReleaseFacts | null): Judgement | null {
  return facts === null ? null : judging.look(judging.at, facts);
}
