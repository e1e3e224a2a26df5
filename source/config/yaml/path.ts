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
