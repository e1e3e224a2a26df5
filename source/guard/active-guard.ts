import type {CreateEvaluator} from '../analysis/evidence/reading.ts';
import type {ExternalNumbers} from '../analysis/judge/read-metric.ts';
import type {Judgement} from '../analysis/judge/judge.ts';
import type {Judged} from '../analysis/judge/findings.ts';
import type {FindTraits} from '../analysis/judge/situation.ts';
import type {Side, Span} from '../analysis/numbers.ts';
import type {Report} from '../audience/applied.ts';
import type {ControllerView} from '../controller/outcome.ts';
import {
  CATCH_UP_MS,
  SETTLE_MS,
  beginAt,
  judgeUntil,
  releaseFacts,
  unseen,
  untilLook,
} from '../monitor/judge-until.ts';
import {type CheckpointShelf, Checkpoints} from '../monitor/checkpoint.ts';
import {type Clock, type Moment, elapsed} from '../monitor/clock.ts';
import {Judging, type ReleaseFacts} from '../monitor/judging.ts';
import type {Measuring} from '../monitor/measuring.ts';
import type {Outage} from '../monitor/outage-tracker.ts';
import type {Intent} from '../release/command.ts';
import {hasGrayRoute} from '../release/derive-split.ts';
import type {Reason, Release, Verdict} from '../release/state.ts';
import {RollbackFault} from '../store/fault.ts';
import {type LeadershipTerm, pause} from './lease.ts';
import {type Order, alertOrders, ordersOf} from './orders.ts';

/** A silence of gray this long is time without data, milliseconds. */
const SILENT_MS = 60_000;

/** Where the first silence of gray in a span began, milliseconds since 1970; null: there was none. */
export function firstSilence(
  windows: {heardAt(side: Side, span: Span): number | null},
  {from, to}: Span,
): number | null {
  let first: number | null = null;
  for (let end = to; end > from;) {
    const heardAt = windows.heardAt('gray', {from, to: end}) ?? from;
    if (end - heardAt >= SILENT_MS) first = heardAt;
    end = Math.min(heardAt, end) - 1000;
  }
  return first;
}

export interface ActiveGuardOptions {
  controller: ControllerView;
  measuring: Measuring;
  routers(): Promise<readonly Report[]>;
  shelf: CheckpointShelf;
  external: ExternalNumbers;
  traits: FindTraits;
  /** Null: no evidence is gathered. */
  createEvaluator: CreateEvaluator | null;
  /** When the store was away last. */
  outage(): Outage | null;
  clock: Clock;
  newAlertId(): string;
  /** Told what came of each look, before anything follows from it. */
  onJudged?(judged: Judged): void;
}

const CHECKPOINT_EVERY_MS = 5000;
/** An order that is older than this when it could be written is given up: the next look knows better. */
const ORDER_LIVES_MS = 3000;
/** The store's clock may differ so much from what has passed here between two looks, milliseconds; more is a jump. */
const JUMP_MS = 5000;

/** The guard that acts for one feature. Each `look` judges it and acts. */
export class ActiveGuard {
  readonly #options: ActiveGuardOptions;
  readonly #term: LeadershipTerm;
  readonly #checkpoints: Checkpoints;
  #judging: Judging | null = null;
  #looked: {at: Moment; now: number} | null = null;
  #jump: Outage | null = null;
  #differsSince: number | null = null;
  /** Whether the judge at work continues an earlier judgement. */
  #isContinued = false;
  #missed: readonly Reason[] | null = null;
  #unapplied: readonly Report[] = [];
  #writtenAt = 0;

  constructor(options: ActiveGuardOptions, term: LeadershipTerm) {
    this.#options = options;
    this.#term = term;
    this.#checkpoints = new Checkpoints(options.shelf);
  }

  /** Judges what has come since the look before, and does what follows. @throws what keeps it from judging */
  async look(): Promise<void> {
    const {controller, measuring, clock} = this.#options;
    const {link} = controller.snapshot();
    const away = link.state === 'up' ? measuring.away() : 'the log cannot be read';
    if (away !== null) throw new Error(away);
    const begun = clock();
    this.#watchClock(begun);
    const {state: before} = controller.snapshot();
    const {release} = before;
    if (!hasGrayRoute(release)) {
      this.#judging = null;
      return await this.#carryOut(alertOrders(before, []), () => true);
    }
    const judging = await this.#judgingOf(release);
    const judgement = await this.#judge(judging, await this.#options.routers());
    if (judgement !== null)
      this.#options.onJudged?.({release: release.id, since: release.splitChangedAt, judgement});
    const now = controller.now();
    const {state} = controller.snapshot();
    // Whatever happened meanwhile: this is about the split that was judged.
    const isSame =
      state.release?.id === release.id && state.release.splitChangedAt === release.splitChangedAt;
    if (judgement === null || state.release === null || !isSame) return;
    const differs = {differsSince: this.#differsSince, unapplied: this.#unapplied};
    if (state.release.state !== 'rolling') this.#missed = null;
    const missed = this.#missed === null ? {} : {missed: this.#missed};
    const input = {state, release: state.release, judgement, now, ...differs, ...missed};
    await this.#carryOut(ordersOf(input), () => elapsed(begun, clock()) < ORDER_LIVES_MS);
    if (Math.abs(now - this.#writtenAt) < CHECKPOINT_EVERY_MS || !this.#term.isHeld()) return;
    this.#writtenAt = now;
    await this.#checkpoints.write(judging.checkpoint(), now);
  }

  /** Leaves a checkpoint to the next guard, unless that one is there already. */
  async end(): Promise<void> {
    if (this.#judging === null || !this.#term.isLeased()) return;
    await this.#checkpoints.write(this.#judging.checkpoint(), this.#options.controller.now());
  }

  /** A clock that jumps says nothing about the time in between: it is begun again, as after an outage. */
  #watchClock(at: Moment): void {
    const now = this.#options.controller.now();
    const last = this.#looked;
    this.#looked = {at, now};
    if (last === null || Math.abs(now - last.now - elapsed(last.at, at)) < JUMP_MS) return;
    this.#jump = {from: Math.min(last.now, now), until: now};
    this.#judging = null;
  }

  /** The judge of this release: the one at work, or one that goes on where the last guard stopped. */
  async #judgingOf(release: Release): Promise<Judging> {
    if (this.#judging?.releaseId === release.id) return this.#judging;
    const {controller, measuring} = this.#options;
    const now = controller.now();
    const version = controller.snapshot().head?.version ?? 0;
    const jump = this.#jump;
    const found = jump === null ? await this.#checkpoints.read(release.id, now) : null;
    const blind = jump ?? unseen(this.#options.outage(), release, found);
    const from = beginAt({release, found, blind, now, version});
    measuring.countFrom(from.notBefore);
    const {windows, aheadMs} = measuring;
    const known = Math.max(found?.at ?? 0, release.splitChangedAt, now - CATCH_UP_MS);
    await this.#uncount(release, blind?.from ?? firstSilence(windows, {from: known, to: now}));
    this.#judging = new Judging({...this.#options, windows, aheadMs}, from);
    this.#isContinued = found !== null && blind === null;
    this.#missed = null;
    this.#jump = null;
    return this.#judging;
  }

  /** Holds the phase clock for time without data. It runs again once samples from gray arrive. */
  async #uncount({id, state, clock}: Release, servedTo: number | null): Promise<void> {
    if (servedTo === null || state !== 'rolling' || clock.since === null) return;
    const why = 'no data about gray was available';
    await this.#term.command({type: 'hold-clock', release: id, why, since: servedTo});
  }

  /** Judges every second since the last look; the last one counts. Null: there is none yet. */
  async #judge(judging: Judging, reports: readonly Report[]): Promise<Judgement | null> {
    const {controller} = this.#options;
    const until = controller.now() - SETTLE_MS;
    const {signal} = this.#term;
    const stopped: Verdict[] = [];
    const last = await judgeUntil(
      judging,
      until,
      () => this.#factsOf(judging, reports),
      signal,
      news => {
        if (stops(news.verdict)) stopped.push(news.verdict);
      },
    );
    const [first] = stopped;
    // A guard that slept or came late must not go on as if nothing had happened: gray would have been stopped.
    if (last !== null && first !== undefined && this.#isContinued && !stops(last.verdict))
      this.#missed = first.reasons;
    this.#isContinued = true;
    return last;
  }

  #factsOf(judging: Judging, reports: readonly Report[]): ReleaseFacts | null {
    const {controller} = this.#options;
    const facts = releaseFacts(judging, controller, reports);
    if (facts !== null) {
      this.#differsSince = facts.isApplied ? null : (this.#differsSince ?? controller.now());
      this.#unapplied = facts.unapplied;
    }
    return facts;
  }

  async #carryOut(orders: readonly Order[], isFresh: () => boolean): Promise<void> {
    for (const {intent, reason} of orders) {
      const whole: Intent = intent.type === 'alert' ? {...intent, alert: this.#options.newAlertId()} : intent;
      const outcome = await this.#term.command(whole, reason, isFresh);
      if (outcome === null) return;
    }
  }
}

function stops({action}: Verdict): boolean {
  return action === 'rollback' || action === 'pause';
}

/**
 * Judges the feature each second and acts on the verdict until the term ends.
 * @param onTrouble called after each look with the error that prevented a judgement; null without one
 */
export async function runActiveGuard(
  options: ActiveGuardOptions,
  term: LeadershipTerm,
  onTrouble: (why: string | null) => void,
): Promise<void> {
  const {signal} = term;
  const guard = new ActiveGuard(options, term);
  await Promise.race([options.measuring.ready(), ended(signal)]);
  while (!signal.aborted) {
    try {
      await guard.look();
      onTrouble(null);
    } catch (error) {
      // Without a judgement nothing is done. The next second tries again.
      onTrouble(whyOf(error));
    }
    await pause(untilLook(options.controller.now()), signal);
  }
  // Without a checkpoint the successor judges again from the samples.
  await guard.end().catch(() => undefined);
}

function whyOf(error: unknown): string {
  if (error instanceof RollbackFault) return `the rollback is not written. ${error.message} ${error.way}`;
  return error instanceof Error ? error.message : String(error);
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), {once: true});
  });
}
