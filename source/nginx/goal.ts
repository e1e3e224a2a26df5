import {createHash} from 'node:crypto';
import type {EdgeSite} from '../audience/latch.ts';
import type {Split} from '../release/split.ts';
import type {EdgeTrouble} from './edge.ts';
import {type EdgeFile, renderEdge} from './render.ts';

/** Parts of include files that nginx has taken, and those that it refused, with what it said. Kept by their hashes: lists are long. */
export class KnownParts {
  readonly #taken = new Set<string>();
  readonly #refused = new Map<string, string>();

  /** How many are refused: what is rendered changes with it. */
  get refusals(): number {
    return this.#refused.size;
  }

  has(part: string): boolean {
    return this.#taken.has(digest(part));
  }

  /** Whether nginx knows every part of a file: then it need not be tested. */
  isTaken({shared, parts}: EdgeFile): boolean {
    return [shared, ...parts.values()].every(part => this.has(part));
  }

  take({shared, parts}: EdgeFile): void {
    for (const part of [shared, ...parts.values()]) this.#taken.add(digest(part));
  }

  refuse(part: string, said: string): void {
    this.#refused.set(digest(part), said);
  }

  /** What nginx said of a part that it refused; null: it has not. */
  refusalOf(part: string): string | null {
    return this.#refused.get(digest(part)) ?? null;
  }

  /** Features of a file with parts that nginx has not seen. */
  newIn({parts}: EdgeFile): [feature: string, part: string][] {
    return [...parts].filter(([, part]) => !this.has(part));
  }
}

function digest(part: string): string {
  return createHash('sha256').update(part).digest('base64');
}

/** A file, and the splits it was made of. */
export interface Step {
  file: EdgeFile;
  splits: ReadonlyMap<string, Split>;
}

/** The file of what is wanted, and what it was made from. */
interface Rendered extends Step {
  from: ReadonlyMap<string, Split>;
  /** How many parts were refused when it was made. */
  refused: number;
}

const NOTHING: ReadonlyMap<string, Split> = new Map();

/** What an edge is to do, in files. */
export class Goal {
  readonly #site: EdgeSite;
  readonly #wanted: () => ReadonlyMap<string, Split>;
  readonly #parts: KnownParts;
  #rendered: Rendered | null = null;

  /** `wanted`: the live splits that are to be obeyed; another map after each change. */
  constructor(site: EdgeSite, wanted: () => ReadonlyMap<string, Split>, parts: KnownParts) {
    this.#site = site;
    this.#wanted = wanted;
    this.#parts = parts;
  }

  /** Prod for everyone of every feature. */
  prod(): EdgeFile {
    return renderEdge(NOTHING, this.#site);
  }

  /** The file of what is wanted; a part that nginx refused is prod for everyone. */
  now(): Step {
    const from = this.#wanted();
    const refused = this.#parts.refusals;
    if (this.#rendered?.from === from && this.#rendered.refused === refused) return this.#rendered;
    const asked = renderEdge(from, this.#site);
    const out = new Set(
      [...asked.parts].flatMap(([name, part]) => (this.#parts.refusalOf(part) === null ? [] : [name])),
    );
    const splits = new Map([...from].filter(([feature]) => !out.has(feature)));
    const file = out.size === 0 ? asked : {...renderEdge(splits, this.#site), refusals: asked.refusals};
    this.#rendered = {from, refused, splits, file};
    return this.#rendered;
  }

  /** Whether something else is wanted by now. */
  isOutdated({file}: Step): boolean {
    return this.now().file.hash !== file.hash;
  }

  /** As much of what is wanted as nginx knows already, the rest as it is; null: all of it, or nothing. */
  knownStep(before: Step): Step | null {
    const wanted = this.now();
    if (this.#parts.isTaken(wanted.file)) return null;
    const splits = new Map(before.splits);
    for (const [feature, part] of wanted.file.parts) {
      if (!this.#parts.has(part)) continue;
      const split = wanted.splits.get(feature);
      if (split === undefined) splits.delete(feature);
      else splits.set(feature, split);
    }
    const file = renderEdge(splits, this.#site);
    return file.hash !== before.file.hash && this.#parts.isTaken(file) ? {file, splits} : null;
  }

  /** The file with one of the wanted features alone; null: it is not wanted. */
  alone(feature: string): EdgeFile | null {
    const split = this.#wanted().get(feature);
    return split === undefined ? null : renderEdge(new Map([[feature, split]]), this.#site);
  }

  /** The fallback file: gray only where the phase keeps it. It is put in place without a test. */
  fallback(): EdgeFile {
    const kept = [...this.#wanted()].filter(([, split]) => split.live && split.whenStale === 'keep');
    const file = renderEdge(new Map(kept), this.#site);
    return this.#parts.isTaken(file) ? file : this.prod();
  }

  /** Why a feature has prod for everyone although something else is wanted; null: it has not. */
  refusalOf(feature: string): EdgeTrouble | null {
    const cannot = this.now().file.refusals.find(one => one.feature === feature);
    if (cannot !== undefined) return {code: 'cannot-express', text: `${cannot.message}: ${cannot.remedy}`};
    const said = this.#parts.refusalOf(this.alone(feature)?.parts.get(feature) ?? '');
    return said === null ? null : {code: 'file-refused', text: said};
  }
}
