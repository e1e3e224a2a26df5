import {setImmediate as nextTurn} from 'node:timers/promises';
import type {CreateEvaluator} from '../analysis/evidence/evaluator.ts';
import type {ExternalNumbers} from '../analysis/judge/external.ts';
import type {Judgement} from '../analysis/judge/judge.ts';
import type {FindTraits} from '../analysis/judge/metric-traits.ts';
import {appliedBy, type Report} from '../audience/applied.ts';
import type {ControllerView, Snapshot} from '../controller/outcome.ts';
import {hasGrayRoute} from '../release/derive-split.ts';
import type {Intent} from '../release/command.ts';
import type {Release} from '../release/state.ts';
import {Checkpoints, type CheckpointShelf} from './checkpoint.ts';
import {elapsed, type Clock} from './clock.ts';
import type {Absence} from './contact.ts';
import {firstSilence} from './first-silence.ts';
import {Judging, type JudgedWindows, type Scene} from './judging.ts';
import {alertOrders, ordersOf, type Order} from './orders.ts';
import type {Tenure} from './tenure.ts';
import {pause} from './wait.ts';

/** The measurements of a feature, as a guard uses them. */
export interface Measuring {
  readonly windows: JudgedWindows;
  /** Resolves once everything has been read that the stream holds now; never rejects. */
  ready(): Promise<void>;
  /** Nothing before this moment counts any more, the store's clock; 0: everything of the running split does. */
  countFrom(at: number): void;
  /** Why the stream cannot be read at the moment; null: it can. */
  away(): string | null;
}

export interface ActingMeans {
  controller: ControllerView;
  measuring: Measuring;
  routers(): Promise<readonly Report[]>;
  shelf: CheckpointShelf;
  external: ExternalNumbers;
  traits: FindTraits;
  /** Null: no evidence is gathered. */
  createEvaluator: CreateEvaluator | null;
  /** When the store was away last. */
  absence(): Absence | null;
  clock: Clock;
  newAlertId(): string;
  /** Something a guard cannot do, in words; the same one comes each second while it lasts. */
  onTrouble(why: string | null): void;
}

/** A second is looked at so long after its end, milliseconds: senders flush four times a second. */
const SETTLE_MS = 400;
const CHECKPOINT_EVERY_MS = 5000;
/** An order that is older than this when it could be written is given up: the next look knows better. */
const ORDER_LIVES_MS = 3000;
/** Seconds judged again when the guard begins, at most: what the raw stream holds. */
const CATCH_UP_MS = 900_000;
/** Seconds judged in one go before others have their turn. */
const AT_ONCE = 20;

/** Looks at the feature each second and does what follows, until the tenure is over. */
export async function act(means: ActingMeans, tenure: Tenure): Promise<void> {
  const acting = new Acting(means, tenure);
  await Promise.race([means.measuring.ready(), ended(tenure.signal)]);
  while (!tenure.signal.aborted) {
    try {
      await acting.look();
      means.onTrouble(null);
    } catch (error) {
      // Nothing is done without a judgement; the next second is another try.
      means.onTrouble(error instanceof Error ? error.message : String(error));
    }
    await pause(untilLook(means.controller.now()), tenure.signal);
  }
  await acting.end();
}

function untilLook(now: number): number {
  return 1000 - ((((now - SETTLE_MS) % 1000) + 1000) % 1000);
}

class Acting {
  readonly #means: ActingMeans;
  readonly #tenure: Tenure;
  readonly #checkpoints: Checkpoints;
  #judging: Judging | null = null;
  #differsSince: number | null = null;
  #writtenAt = 0;

  constructor(means: ActingMeans, tenure: Tenure) {
    this.#means = means;
    this.#tenure = tenure;
    this.#checkpoints = new Checkpoints(means.shelf);
  }

  async look(): Promise<void> {
    const {controller, measuring, clock} = this.#means;
    const {link} = controller.snapshot();
    const away = link.state === 'up' ? measuring.away() : 'the log cannot be read';
    if (away !== null) throw new Error(away);
    const begun = clock();
    const {release} = controller.snapshot().state;
    if (!hasGrayRoute(release)) {
      this.#judging = null;
      return await this.#carryOut(alertOrders(controller.snapshot().state, []), () => true);
    }
    const judging = await this.#judgingOf(release);
    const reports = await this.#means.routers();
    const judgement = await this.#judge(judging, reports);
    if (judgement === null) return;
    const now = controller.now();
    const {state} = controller.snapshot();
    // Whatever happened meanwhile: this is about the split that was judged.
    if (state.release?.id !== release.id || state.release.splitChangedAt !== release.splitChangedAt) return;
    const sight = {state, release: state.release, judgement, now, differsSince: this.#differsSince};
    await this.#carryOut(ordersOf(sight), () => elapsed(begun, clock()) < ORDER_LIVES_MS);
    if (Math.abs(now - this.#writtenAt) < CHECKPOINT_EVERY_MS) return;
    this.#writtenAt = now;
    await this.#checkpoints.write(judging.checkpoint(), now);
  }

  /** Leaves what it knows to whoever comes next. */
  async end(): Promise<void> {
    if (this.#judging === null) return;
    await this.#checkpoints
      .write(this.#judging.checkpoint(), this.#means.controller.now())
      .catch(() => undefined);
  }

  /** The judge of this release: the one at work, or one that goes on where the last guard stopped. */
  async #judgingOf(release: Release): Promise<Judging> {
    if (this.#judging?.releaseId === release.id) return this.#judging;
    const {controller, measuring} = this.#means;
    const now = controller.now();
    const found = await this.#checkpoints.read(release.id, now);
    const absence = this.#means.absence();
    const wasBlind = absence !== null && absence.until > (found?.at ?? release.startedAt);
    const isFresh = found === null || wasBlind || found.at > now;
    const notBefore = wasBlind ? absence.until : isFresh ? 0 : found.notBefore;
    const oldest = Math.max(release.splitChangedAt, notBefore, now - CATCH_UP_MS);
    const {version} = controller.snapshot().head ?? {version: 0};
    const from = isFresh
      ? {release: release.id, at: wholeSecond(oldest), notBefore, version, judge: null, evidence: null}
      : {...found, at: Math.max(found.at, wholeSecond(now - CATCH_UP_MS))};
    measuring.countFrom(notBefore);
    const {windows} = measuring;
    const unseen = Math.max(found?.at ?? 0, release.splitChangedAt, now - CATCH_UP_MS);
    const servedTo = wasBlind ? absence.from : firstSilence(windows, {from: unseen, to: now});
    await this.#uncount(release, servedTo);
    this.#judging = new Judging({...this.#means, windows}, from);
    return this.#judging;
  }

  /** Time in which nobody could see anything is not counted; the clock runs again once gray is heard. */
  async #uncount({id, state, clock}: Release, servedTo: number | null): Promise<void> {
    if (servedTo === null || state !== 'rolling' || clock.since === null) return;
    const why = 'nobody could see how gray was doing';
    await this.#tenure.command({type: 'hold-clock', release: id, why, since: servedTo});
  }

  /** Judges every second since the last look; the last one counts. Null: there is none yet. */
  async #judge(judging: Judging, reports: readonly Report[]): Promise<Judgement | null> {
    const {controller} = this.#means;
    const end = wholeSecond(controller.now() - SETTLE_MS);
    let judgement: Judgement | null = null;
    let count = 0;
    for (let at = Math.max(judging.at, end - CATCH_UP_MS) + 1000; at <= end; at += 1000) {
      const snapshot = controller.snapshot();
      const {release} = snapshot.state;
      if (release?.id !== judging.releaseId) return null;
      judgement = judging.look(at, this.#sceneOf(release, snapshot, reports, judging.version));
      if (++count % AT_ONCE === 0) await nextTurn();
      if (this.#tenure.signal.aborted) return null;
    }
    return judgement;
  }

  #sceneOf(
    release: Release,
    {split, splitVersion, head}: Snapshot,
    reports: readonly Report[],
    known: number,
  ): Scene {
    const {controller} = this.#means;
    const version = head?.version ?? 0;
    const now = controller.now();
    const {live, silent, behind} = appliedBy(reports, split, splitVersion, now);
    // Where no router ever reports, apps place their users by themselves: what is observed must do.
    const isApplied = behind.length === 0 && (live.length > 0 || silent.length === 0);
    this.#differsSince = isApplied ? null : (this.#differsSince ?? now);
    const news = controller.commits().slice(known);
    const isResumed = news.some(({events}) =>
      events.some(
        event => event.type === 'release-resumed' && 'release' in event && event.release === release.id,
      ),
    );
    const confirmed = new Set(live.map(({live, percent}) => (live ? percent : 0)));
    const [only = null] = confirmed;
    const applied = isApplied ? release.percent : confirmed.size === 1 ? only : null;
    return {release, split, applied, version, isResumed};
  }

  async #carryOut(orders: readonly Order[], isFresh: () => boolean): Promise<void> {
    for (const {intent, reason} of orders) {
      const whole: Intent = intent.type === 'alert' ? {...intent, alert: this.#means.newAlertId()} : intent;
      const outcome = await this.#tenure.command(whole, reason, isFresh);
      if (outcome === null) return;
    }
  }
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), {once: true});
  });
}
