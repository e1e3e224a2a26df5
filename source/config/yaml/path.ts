import {
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
} from 'yaml';
import type {Path} from './mistake.ts';

/** Edits between two words: letters put in, left out, changed, or two neighbours swapped (Damerau's restricted distance). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({length: b.length + 1}, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (before[j - 2] ?? 0) + 1
          : Infinity;
      row.push(Math.min(change, swapped, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/gu, '');
}

/**
 * The word of `known` that was probably meant, if any is near enough: a third of its letters may differ.
 * `otherNames` are words people use for a known one.
 */
export function nearest(
  word: string,
  known: readonly string[],
  otherNames: Readonly<Record<string, string>> = {},
): string | null {
  if (word.length > 64) return null;
  const meant = Object.entries(otherNames).find(([other]) => plain(other) === plain(word))?.[1];
  if (meant !== undefined) return meant;
  const [best] = known
    .map(name => ({name, away: distance(plain(word), plain(name))}))
    .filter(({name, away}) => away <= Math.max(1, Math.floor(plain(name).length / 3)))
    .sort((a, b) => a.away - b.away);
  return best?.name ?? null;
}

/** A value of a file and the key it stands under, if it has one. */
export interface Place {
  key: Node | null;
  value: Node | null;
}

/** What an alias stands for; anything else is itself. */
export function resolve(node: Node | null, document: Document): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? node) : node;
}

/** A key as the values name it. The library keeps a merge key as a symbol. */
export function keyText(key: unknown): string {
  if (!isScalar(key)) return '';
  return typeof key.value === 'symbol' ? '<<' : String(key.value);
}

/** The place of a path; the nearest place above it where there is none, as with a key that came by a merge. */
export function findChild(document: Document, path: Path): Place {
  let place: Place = {key: null, value: document.contents};
  for (const step of path) {
    const holder = resolve(place.value, document);
    const next = isMap(holder)
      ? pairOf(holder, String(step))
      : isSeq(holder)
        ? holder.items[Number(step)]
        : null;
    if (next === null || next === undefined) return place;
    place = isNode(next)
      ? {key: null, value: next}
      : {key: nodeOf((next as Pair).key), value: nodeOf((next as Pair).value)};
  }
  return place;
}

const indexes = new WeakMap<YAMLMap, Map<string, Pair>>();

/** The pair of a key, the last where there are several, as in the values. Looked up by an index: a file may have many. */
function pairOf(map: YAMLMap, name: string): Pair | null {
  let index = indexes.get(map);
  if (index === undefined) {
    index = new Map(map.items.map(pair => [keyText(pair.key), pair]));
    indexes.set(map, index);
  }
  return index.get(name) ?? null;
}

function nodeOf(value: unknown): Node | null {
  return isNode(value) ? value : null;
}

/** Offsets of a node in the text, the end exclusive. */
export function rangeOf(node: unknown): [number, number] {
  const range = isNode(node) ? node.range : null;
  return range === null || range === undefined ? [0, 0] : [range[0], range[1]];
}
