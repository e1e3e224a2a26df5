import {setTimeout as delay} from 'node:timers/promises';
import type {EdgeSite} from '../audience/edge-site.ts';
import type {Edge, EdgeTrouble} from '../effects/nginx/edge.ts';
import {renderEdge, type EdgeFile} from '../effects/nginx/render.ts';
import type {Split} from '../release/split.ts';
import {confirmed, installAside, UNCONFIRMED} from './confirm.ts';
import {KnownParts} from './known-parts.ts';

/** What drives an edge is given. */
export interface DriverMeans {
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
/** Changes of several features that come together are one reload. */
const TOGETHER_MS = 10;
const CONFIRMS_WITHIN_MS = 5000;
/** A reload that is not seen within this time has probably been refused. */
const LOOKS_REFUSED_MS = 1500;
/** So many questions in a row without an answer are no accident of a busy moment. */
const UNANSWERED = 3;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
const NOTHING: ReadonlyMap<string, Split> = new Map();

/**
 * Brings an nginx to what is wanted and keeps it there. A file with a part that nginx has not seen is tested before
 * nginx reads it; one that is made of known parts only, as a rollback's is, is not. A part that nginx refuses is
 * replaced by prod for everyone of that feature, so that it stands in the way of no other.
 */
export class EdgeDriver {
  readonly #means: DriverMeans;
  readonly #parts = new KnownParts();
  #confirmed: EdgeFile | null = null;
  #trouble: EdgeTrouble | null = null;
  #wake: AbortController | null = null;
  #isWoken = false;
  #failures = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #testedAt = Number.NEGATIVE_INFINITY;
  #aside: string | null = null;
  #unanswered = 0;
  #rendered: {from: ReadonlyMap<string, Split>; refused: number; file: EdgeFile} | null = null;
  /** Reloads so far. */
  reloads = 0;

  constructor(means: DriverMeans) {
    this.#means = means;
  }

  /** Whether nginx says that it does for a feature what is wanted now. */
  isApplied(feature: string): boolean {
    return this.#confirmed?.parts.get(feature) === this.#render().parts.get(feature);
  }

  /** Whether nginx, by what it said last, has a way to gray for a feature. */
  isGray(feature: string): boolean {
    const part = this.#confirmed?.parts.get(feature);
    return part !== undefined && part !== renderEdge(NOTHING, this.#means.site).parts.get(feature);
  }

  /** What is wrong with a feature; null: nothing. */
  troubleOf(feature: string): EdgeTrouble | null {
    const file = this.#render();
    const refusal = file.refusals.find(one => one.feature === feature);
    if (refusal !== undefined) return {code: 'cannot-express', text: `${refusal.message}: ${refusal.remedy}`};
    const split = this.#means.wanted().get(feature);
    if (split !== undefined) {
      const part = renderEdge(new Map([[feature, split]]), this.#means.site).parts.get(feature) ?? '';
      const said = this.#parts.refusalOf(part);
      if (said !== null) return {code: 'file-refused', text: said};
    }
    return this.#trouble;
  }

  /** What is wanted may have changed. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.abort();
  }

  /** Runs until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#prepare(signal);
    while (!signal.aborted) {
      this.#isWoken = false;
      const file = this.#render();
      if (file.hash !== this.#confirmed?.hash) await this.#apply(file, signal);
      else if (this.#means.steady() - this.#lookedAt >= LOOK_EVERY_MS) await this.#look(file, signal);
      await this.#sleep(signal);
    }
  }

  /** Puts the file in place that is meant for when nobody drives, and reloads. */
  async leave(): Promise<EdgeTrouble | null> {
    const {edge} = this.#means;
    const text = (await edge.readAside()) ?? renderEdge(NOTHING, this.#means.site).text;
    return await installAside(edge, text);
  }

  /** The file of what is wanted; a part that nginx refused is prod for everyone. */
  #render(): EdgeFile {
    const {site, wanted} = this.#means;
    const from = wanted();
    const refused = this.#parts.refusals;
    if (this.#rendered?.from === from && this.#rendered.refused === refused) return this.#rendered.file;
    const asked = renderEdge(from, site);
    const out = new Set(
      [...asked.parts].flatMap(([name, part]) => (this.#parts.refusalOf(part) === null ? [] : [name])),
    );
    const rest = new Map([...from].filter(([feature]) => !out.has(feature)));
    const file = out.size === 0 ? asked : {...renderEdge(rest, site), refusals: asked.refusals};
    this.#rendered = {from, refused, file};
    return file;
  }

  /** Tests prod for everyone before it is needed. A crash in the middle leaves that file in place. */
  async #prepare(signal: AbortSignal): Promise<void> {
    const {edge, site} = this.#means;
    const prod = renderEdge(NOTHING, site);
    const before = await edge.read();
    const written = (await edge.put(prod.text)) ?? (await edge.putAside(prod.text));
    if (written !== null) return this.#fail(written);
    this.#aside = prod.text;
    const said = await edge.test(signal);
    if (said === null && !signal.aborted) this.#learn(prod);
    if (before !== null && before !== prod.text) await edge.put(before);
    if (said !== null) this.#fail(said);
  }

  async #apply(file: EdgeFile, signal: AbortSignal): Promise<void> {
    const {edge} = this.#means;
    const isKnown = this.#parts.isTaken(file);
    // A rollback is not kept waiting for others.
    if (!isKnown) await delay(TOGETHER_MS, undefined, {signal}).catch(() => undefined);
    if (signal.aborted || this.#render().hash !== file.hash) return;
    const before = await edge.read();
    if (before !== file.text) {
      const written = await edge.put(file.text);
      if (written !== null) return this.#fail(written);
    }
    if (!isKnown && !(await this.#test(file, before, signal))) return;
    const told = await edge.reload(signal);
    this.reloads++;
    if (told !== null) return this.#fail(told);
    await this.#confirm(file, signal);
  }

  /** Whether nginx takes the file; where not, the one before is back in place. */
  async #test(file: EdgeFile, before: string | null, signal: AbortSignal): Promise<boolean> {
    const {edge, site} = this.#means;
    const turn = new AbortController();
    this.#wake = turn;
    const said = await edge.test(AbortSignal.any([signal, turn.signal]));
    this.#wake = null;
    const isOutdated = signal.aborted || turn.signal.aborted;
    if (said === null && !isOutdated) {
      this.#learn(file);
      return true;
    }
    const rest = before ?? renderEdge(NOTHING, site).text;
    await edge.put(rest);
    if (isOutdated || said === null) return false;
    const without = await edge.test(signal);
    if (without === null) await this.#blame(file, said, rest, signal);
    else this.#fail({code: 'site-broken', text: without.text});
    return false;
  }

  /** Finds which of the new parts nginx does not take: each alone, or else all of them. */
  async #blame(file: EdgeFile, {text}: EdgeTrouble, rest: string, signal: AbortSignal): Promise<void> {
    const {edge, site, wanted, onChange} = this.#means;
    const fresh = this.#parts.newIn(file);
    const alone = fresh.length === 1 ? [] : fresh;
    for (const [feature, part] of alone) {
      const split = wanted().get(feature);
      if (split === undefined || signal.aborted) continue;
      const tried = renderEdge(new Map([[feature, split]]), site);
      await edge.put(tried.text);
      const said = await edge.test(signal);
      if (said === null) this.#parts.take(tried);
      else this.#parts.refuse(part, said.text);
    }
    if (alone.length > 0) await edge.put(rest);
    const isFound = fresh.some(([, part]) => this.#parts.refusalOf(part) !== null);
    if (!isFound) for (const [, part] of fresh) this.#parts.refuse(part, text);
    this.#isWoken = true;
    onChange();
  }

  /** Waits until nginx says that it works by the file. */
  async #confirm(file: EdgeFile, signal: AbortSignal): Promise<void> {
    const {edge} = this.#means;
    let isDiagnosed = false;
    let isGivenUp = false;
    const isDone = await confirmed(edge, file.hash, CONFIRMS_WITHIN_MS, async unseenForMs => {
      isGivenUp = signal.aborted || (this.#isWoken && this.#render().hash !== file.hash);
      if (isGivenUp || isDiagnosed || unseenForMs < LOOKS_REFUSED_MS) return !isGivenUp;
      isDiagnosed = true;
      const said = await edge.test(signal);
      if (said === null) return true;
      isGivenUp = true;
      this.#fail(said);
      return false;
    });
    if (isDone) await this.#succeed(file);
    else if (!isGivenUp) this.#fail(UNCONFIRMED);
  }

  async #succeed(file: EdgeFile): Promise<void> {
    this.#failures = 0;
    this.#lookedAt = this.#means.steady();
    this.#confirmed = file;
    this.#trouble = null;
    this.#means.onChange();
    await this.#renewAside();
  }

  /** What is to stand when nobody drives: gray only where the phase keeps it. */
  async #renewAside(): Promise<void> {
    const {edge, site, wanted} = this.#means;
    const kept = [...wanted()].filter(([, split]) => split.live && split.whenStale === 'keep');
    const {text} = renderEdge(new Map(kept), site);
    if (text !== this.#aside && (await edge.putAside(text)) === null) this.#aside = text;
  }

  /** Somebody changed the file, or started nginx with another: it is put right. */
  async #look(file: EdgeFile, signal: AbortSignal): Promise<void> {
    const {edge, steady, onChange} = this.#means;
    this.#lookedAt = steady();
    const [inPlace, answer] = await Promise.all([edge.read(), edge.ask()]);
    this.#unanswered = answer === null ? this.#unanswered + 1 : 0;
    const isElsewhere = answer === null ? this.#unanswered >= UNANSWERED : answer !== file.hash;
    if (inPlace !== file.text || isElsewhere) {
      this.#confirmed = null;
      if (isElsewhere) onChange();
      return await this.#apply(file, signal);
    }
    if (steady() - this.#testedAt < TEST_EVERY_MS) return;
    this.#testedAt = steady();
    const said = await edge.test(signal);
    if (said?.text === this.#trouble?.text) return;
    this.#trouble = said;
    onChange();
  }

  #learn(file: EdgeFile): void {
    this.#parts.take(file);
    this.#testedAt = this.#means.steady();
  }

  #fail(trouble: EdgeTrouble): void {
    this.#failures++;
    const isNew = trouble.code !== this.#trouble?.code || trouble.text !== this.#trouble.text;
    this.#trouble = trouble;
    if (trouble.code === 'not-running') this.#confirmed = null;
    if (isNew) this.#means.onChange();
  }

  async #sleep(signal: AbortSignal): Promise<void> {
    if (this.#isWoken || signal.aborted) return;
    const retryMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(10, this.#failures));
    const isDone = this.#confirmed !== null && this.#render().hash === this.#confirmed.hash;
    this.#wake = new AbortController();
    const awake = AbortSignal.any([signal, this.#wake.signal]);
    const pauseMs = isDone ? LOOK_EVERY_MS : this.#failures === 0 ? 0 : retryMs;
    await delay(pauseMs, undefined, {signal: awake}).catch(() => undefined);
    this.#wake = null;
  }
}
