import {setTimeout as delay} from 'node:timers/promises';
import type {EdgeSite} from '../audience/latch.ts';
import type {Edge, EdgeTrouble} from './edge.ts';
import type {EdgeFile} from './render.ts';
import type {Split} from '../release/split.ts';
import {confirmed, installFallback, UNCONFIRMED} from './watchdog.ts';
import {Goal, KnownParts, type Step} from './goal.ts';

/** What drives an edge is given. */
export interface DriverOptions {
  edge: Edge;
  site: EdgeSite;
  /** The live splits that are to be obeyed now; another map after each change. Who is not there has prod for everyone. */
  wanted(): ReadonlyMap<string, Split>;
  /** Something has changed: what the edge applies, or its trouble. */
  onChange(): void;
  /** The steady clock, milliseconds. */
  steady(): number;
}

/** How often file and edge are looked at while nothing is to be done, in milliseconds. */
const LOOK_EVERY_MS = 1000;
/** How often nginx is asked whether a reload would be taken: better found out now than by a rollback. */
const TEST_EVERY_MS = 60_000;
/** The same, while it would not. */
const TEST_AGAIN_MS = 5000;
/** Changes of several features that come together are one reload. */
const TOGETHER_MS = 10;
const CONFIRMS_WITHIN_MS = 5000;
/** A reload that is not seen within this time has probably been refused. */
const LOOKS_REFUSED_MS = 1500;
/** So many questions in a row without an answer are no accident of a busy moment. */
const UNANSWERED = 3;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

/**
 * Brings an nginx to what is wanted and keeps it there. A file with a part that nginx has not seen is tested before
 * nginx reads it; one that is made of known parts only, as a rollback's is, is not. A part that nginx refuses is
 * replaced by prod for everyone of that feature, so that it stands in the way of no other.
 */
export class EdgeDriver {
  readonly #options: DriverOptions;
  readonly #parts = new KnownParts();
  readonly #goal: Goal;
  /** What nginx says that it works by. */
  #confirmed: Step | null = null;
  #trouble: EdgeTrouble | null = null;
  #wake: AbortController | null = null;
  #isWoken = false;
  /** Hash of the file that nginx is just asked about. */
  #asking: string | null = null;
  #failures = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #testedAt = Number.NEGATIVE_INFINITY;
  #fallback: string | null = null;
  #unanswered = 0;
  /** Reloads so far. */
  reloads = 0;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#goal = new Goal(options.site, options.wanted, this.#parts);
  }

  /** Whether nginx says that it does for a feature what is wanted now. */
  isApplied(feature: string): boolean {
    return this.#confirmed?.file.parts.get(feature) === this.#goal.now().file.parts.get(feature);
  }

  /** Whether nginx, by what it said last, has a way to gray for a feature. */
  isGray(feature: string): boolean {
    const part = this.#confirmed?.file.parts.get(feature);
    return part !== undefined && part !== this.#goal.prod().parts.get(feature);
  }

  /** What is wrong with a feature; null: nothing. */
  troubleOf(feature: string): EdgeTrouble | null {
    return this.#goal.refusalOf(feature) ?? this.#trouble;
  }

  /** What is wanted may have changed. */
  wake(): void {
    this.#isWoken = true;
    if (this.#goal.now().file.hash !== this.#asking) this.#wake?.abort();
  }

  /** Runs until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#prepare(signal);
    while (!signal.aborted) {
      this.#isWoken = false;
      const goal = this.#goal.now();
      if (goal.file.hash !== this.#confirmed?.file.hash) await this.#go(goal, signal);
      else if (this.#options.steady() - this.#lookedAt >= LOOK_EVERY_MS) await this.#look(goal, signal);
      await this.#renewFallback();
      await this.#sleep(signal);
    }
  }

  /** Puts the fallback file in place, and reloads. */
  async leave(): Promise<EdgeTrouble | null> {
    const {edge} = this.#options;
    const text = (await edge.readFallback()) ?? this.#goal.prod().text;
    return await installFallback(edge, text);
  }

  /** Tests prod for everyone before it is needed. A crash in the middle leaves that file in place. */
  async #prepare(signal: AbortSignal): Promise<void> {
    const {edge} = this.#options;
    const prod = this.#goal.prod();
    const before = await edge.read();
    const written = (await edge.put(prod.text)) ?? (await edge.putFallback(prod.text));
    if (written !== null) return this.#fail(written);
    this.#fallback = prod.text;
    const said = await edge.test(signal);
    if (said === null && !signal.aborted) this.#learn(prod);
    if (before !== null && before !== prod.text) await edge.put(before);
    if (said !== null) this.#fail(said);
  }

  /** What may be done without a test is done first: a rollback does not wait for what is new elsewhere. */
  async #go(goal: Step, signal: AbortSignal): Promise<void> {
    const first = this.#confirmed === null ? null : this.#goal.knownStep(this.#confirmed);
    if (first !== null) await this.#apply(first, goal, signal);
    await this.#apply(goal, goal, signal);
  }

  /** `goal`: what is wanted all in all; once it is another, this is given up. */
  async #apply(step: Step, goal: Step, signal: AbortSignal): Promise<void> {
    const {edge} = this.#options;
    const {file} = step;
    const isKnown = this.#parts.isTaken(file);
    // A rollback is not kept waiting for others.
    if (!isKnown) await delay(TOGETHER_MS, undefined, {signal}).catch(() => undefined);
    if (signal.aborted || this.#goal.isOutdated(goal)) return;
    const before = await edge.read();
    if (before !== file.text) {
      const written = await edge.put(file.text);
      if (written !== null) return this.#fail(written);
    }
    if (!isKnown && !(await this.#test(file, before, signal))) return;
    const told = await edge.reload(signal);
    this.reloads++;
    if (told !== null) return this.#fail(told);
    // Should the agent die now, what was taken back is not to return.
    await this.#renewFallback();
    await this.#confirm(step, goal, signal);
  }

  /** Whether nginx takes the file; where not, the one before is back in place. */
  async #test(file: EdgeFile, before: string | null, signal: AbortSignal): Promise<boolean> {
    const {edge} = this.#options;
    const said = await this.#ask(file, signal);
    if (said === null) {
      this.#learn(file);
      return true;
    }
    const prod = this.#goal.prod().text;
    // After an operator has mended the site and reloads, a rollback must still hold.
    const rest = file.text === prod ? prod : (before ?? prod);
    await edge.put(rest);
    if (said === 'outdated') return false;
    const without = await this.#ask(file, signal);
    if (without === null) await this.#blame(file, said, rest, signal);
    else if (without !== 'outdated') this.#fail({code: 'site-broken', text: without.text});
    return false;
  }

  /** Asks nginx whether it takes what is in place, for as long as nothing but `file` is wanted. */
  async #ask(file: EdgeFile, signal: AbortSignal): Promise<EdgeTrouble | 'outdated' | null> {
    if (this.#goal.now().file.hash !== file.hash) return 'outdated';
    const turn = new AbortController();
    this.#wake = turn;
    this.#asking = file.hash;
    const said = await this.#options.edge.test(AbortSignal.any([signal, turn.signal]));
    this.#wake = null;
    this.#asking = null;
    return signal.aborted || turn.signal.aborted ? 'outdated' : said;
  }

  /** Finds which of the new parts nginx does not take: each alone, or else all of them. */
  async #blame(file: EdgeFile, {text}: EdgeTrouble, rest: string, signal: AbortSignal): Promise<void> {
    const {edge, onChange} = this.#options;
    const fresh = this.#parts.newIn(file);
    const alone = fresh.length === 1 ? [] : fresh;
    const {refusals} = this.#parts;
    for (const [feature, part] of alone) {
      const tried = this.#goal.alone(feature);
      if (tried === null) continue;
      await edge.put(tried.text);
      const said = await this.#ask(file, signal);
      if (said === 'outdated') {
        await edge.put(rest);
        return;
      }
      if (said === null) this.#parts.take(tried);
      else this.#parts.refuse(part, said.text);
      // What is rendered has changed with it; the question is the same.
      if (this.#parts.refusals > refusals) break;
    }
    if (alone.length > 0) await edge.put(rest);
    const isFound = fresh.some(([, part]) => this.#parts.refusalOf(part) !== null);
    if (!isFound) for (const [, part] of fresh) this.#parts.refuse(part, text);
    this.#isWoken = true;
    onChange();
  }

  /** Waits until nginx says that it works by the file. */
  async #confirm(step: Step, goal: Step, signal: AbortSignal): Promise<void> {
    const {edge} = this.#options;
    let isDiagnosed = false;
    let isGivenUp = false;
    const isDone = await confirmed(edge, step.file.hash, CONFIRMS_WITHIN_MS, async unseenForMs => {
      isGivenUp = signal.aborted || this.#goal.isOutdated(goal);
      if (isGivenUp || isDiagnosed || unseenForMs < LOOKS_REFUSED_MS) return !isGivenUp;
      isDiagnosed = true;
      const said = await this.#ask(goal.file, signal);
      if (said === null) return true;
      isGivenUp = true;
      if (said !== 'outdated') this.#fail(said);
      return false;
    });
    if (isDone) this.#succeed(step);
    else if (!isGivenUp) this.#fail(UNCONFIRMED);
  }

  #succeed(step: Step): void {
    this.#failures = 0;
    this.#lookedAt = this.#options.steady();
    this.#confirmed = step;
    this.#trouble = null;
    this.#options.onChange();
  }

  /** Renews the fallback file: gray only where the phase keeps it. */
  async #renewFallback(): Promise<void> {
    const {text} = this.#goal.fallback();
    if (text !== this.#fallback && (await this.#options.edge.putFallback(text)) === null)
      this.#fallback = text;
  }

  /** Restores the file after another process changed it, or started nginx with another. */
  async #look(goal: Step, signal: AbortSignal): Promise<void> {
    const {edge, steady, onChange} = this.#options;
    const {file} = goal;
    this.#lookedAt = steady();
    const [inPlace, answer] = await Promise.all([edge.read(), edge.ask()]);
    this.#unanswered = answer === null ? this.#unanswered + 1 : 0;
    const isElsewhere = answer === null ? this.#unanswered >= UNANSWERED : answer !== file.hash;
    if (inPlace !== file.text || isElsewhere) {
      this.#confirmed = null;
      if (isElsewhere) onChange();
      return await this.#apply(goal, goal, signal);
    }
    if (steady() - this.#testedAt < (this.#trouble === null ? TEST_EVERY_MS : TEST_AGAIN_MS)) return;
    this.#testedAt = steady();
    const said = await this.#ask(file, signal);
    if (said === 'outdated' || said?.text === this.#trouble?.text) return;
    this.#trouble = said;
    onChange();
  }

  #learn(file: EdgeFile): void {
    this.#parts.take(file);
    this.#testedAt = this.#options.steady();
  }

  #fail(trouble: EdgeTrouble): void {
    this.#failures++;
    const isNew = trouble.code !== this.#trouble?.code || trouble.text !== this.#trouble.text;
    this.#trouble = trouble;
    if (trouble.code === 'not-running') this.#confirmed = null;
    if (isNew) this.#options.onChange();
  }

  async #sleep(signal: AbortSignal): Promise<void> {
    if (this.#isWoken || signal.aborted) return;
    const retryMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(10, this.#failures));
    const isDone = this.#confirmed !== null && !this.#goal.isOutdated(this.#confirmed);
    this.#wake = new AbortController();
    const awake = AbortSignal.any([signal, this.#wake.signal]);
    const pauseMs = isDone ? LOOK_EVERY_MS : this.#failures === 0 ? 0 : retryMs;
    await delay(pauseMs, undefined, {signal: awake}).catch(() => undefined);
    this.#wake = null;
  }
}
