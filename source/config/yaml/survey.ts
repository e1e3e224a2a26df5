import {isAlias, isMap, isPair, isScalar, isSeq, type Document} from 'yaml';
import {type Path, type Problem} from './mistake.ts';
import {keyText, rangeOf} from './path.ts';
import {quote} from '../../text/quote.ts';

const DEEPEST = 32;
const MOST_ALIASES = 100;

export interface Surveyed {
  offset: number;
  path: Path;
  problem: Problem;
  /** Whether the values cannot be trusted, or not even be made. */
  isFatal: boolean;
}

/**
 * Finds well-formed YAML that must not stand in a file of ours: a key twice in one mapping, keys that are no text,
 * too many or circular aliases, too deep nesting, tags. One pass, whatever the size.
 */
export function surveyProblems(document: Document): Surveyed[] {
  const survey = new Survey();
  survey.look(document.contents, []);
  const message = 'tags are not understood here';
  const problem = {message, allowed: 'a plain value without !tag', found: '!'};
  for (const {pos} of document.warnings)
    survey.found.push({offset: pos[0], path: [], problem, isFatal: true});
  return survey.found;
}

/** One walk over a document: what it found, and the anchors that it has passed. */
class Survey {
  readonly found: Surveyed[] = [];
  readonly #anchors = new Set<string>();
  /** Anchors of the nodes above the one that is looked at: an alias of these is circular. */
  readonly #open = new Set<string>();
  #aliases = 0;

  look(node: unknown, path: Path): void {
    if (path.length > DEEPEST) {
      const allowed = `at most ${DEEPEST} levels`;
      return this.#say(node, path.slice(0, 3), {
        message: 'this is nested too deeply',
        allowed,
        found: 'more levels',
      });
    }
    if (isAlias(node)) return this.#lookAtAlias(node, node.source, path);
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (anchor !== undefined) {
      this.#anchors.add(anchor);
      this.#open.add(anchor);
    }
    if (isSeq(node)) node.items.forEach((item, index) => this.look(item, [...path, index]));
    if (isMap(node)) this.#lookAtMap(node.items, path);
    if (anchor !== undefined) this.#open.delete(anchor);
  }

  #lookAtAlias(node: unknown, source: string, path: Path): void {
    this.#aliases += 1;
    if (this.#open.has(source)) this.#say(node, path, circular(source));
    else if (!this.#anchors.has(source)) this.#say(node, path, unknownAnchor(source));
    if (this.#aliases !== MOST_ALIASES + 1) return;
    const allowed = `at most ${MOST_ALIASES}`;
    this.#say(node, path, {message: 'too many aliases', allowed, found: `*${source}`});
  }

  #lookAtMap(pairs: readonly unknown[], path: Path): void {
    const first = new Set<string>();
    for (const pair of pairs) {
      if (!isPair(pair)) continue;
      if (!isScalar(pair.key)) {
        const found = 'a list or mapping';
        this.#say(pair.key, path, {message: 'a key must be plain text', allowed: 'name: value', found});
        continue;
      }
      const key = keyText(pair.key);
      if (key === '<<' && !isMergeSource(pair.value))
        this.#say(pair.key, [...path, key], {
          message: '<< merges mappings only',
          allowed: '<<: *anchor of a mapping',
          found: '<<',
        });
      else if (key !== '<<' && first.has(key)) this.#say(pair.key, [...path, key], twice(key), false);
      first.add(key);
      this.look(pair.value, [...path, key]);
    }
  }

  #say(node: unknown, path: Path, problem: Problem, isFatal = true): void {
    this.found.push({offset: rangeOf(node)[0], path, problem, isFatal});
  }
}

function isMergeSource(value: unknown): boolean {
  return (
    isAlias(value) ||
    isMap(value) ||
    (isSeq(value) && value.items.every(item => isAlias(item) || isMap(item)))
  );
}

function twice(key: string): Problem {
  return {
    message: `${quote(key)} stands here twice; the earlier one would be lost`,
    allowed: 'each key once in a mapping',
    found: quote(key),
  };
}

function circular(name: string): Problem {
  return {
    message: `*${name} contains itself`,
    allowed: 'an alias of something that ends before it',
    found: `*${name}`,
  };
}

function unknownAnchor(name: string): Problem {
  return {
    message: `no anchor &${name} stands before it`,
    allowed: 'an alias of an earlier &anchor',
    found: `*${name}`,
  };
}
