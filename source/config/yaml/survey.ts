import {isAlias, isMap, isPair, isScalar, isSeq, type Document} from 'yaml';
import {quote, type Path, type Problem} from './mistake.ts';
import {keyText, rangeOf} from './path.ts';

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
  const found: Surveyed[] = [];
  const anchors = new Set<string>();
  const open = new Set<string>();
  let aliases = 0;
  const say = (node: unknown, path: Path, problem: Problem, isFatal = true) => {
    found.push({offset: rangeOf(node)[0], path, problem, isFatal});
  };

  const look = (node: unknown, path: Path): void => {
    if (path.length > DEEPEST) {
      say(node, path.slice(0, 3), {
        message: 'this is nested too deeply',
        allowed: `at most ${DEEPEST} levels`,
        found: 'more levels',
      });
      return;
    }
    if (isAlias(node)) {
      aliases += 1;
      if (open.has(node.source)) say(node, path, circular(node.source));
      else if (!anchors.has(node.source)) say(node, path, unknownAnchor(node.source));
      if (aliases === MOST_ALIASES + 1)
        say(node, path, {
          message: 'too many aliases',
          allowed: `at most ${MOST_ALIASES}`,
          found: `*${node.source}`,
        });
      return;
    }
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (anchor !== undefined) {
      anchors.add(anchor);
      open.add(anchor);
    }
    if (isSeq(node)) node.items.forEach((item, index) => look(item, [...path, index]));
    if (isMap(node)) lookAtMap(node.items, path);
    if (anchor !== undefined) open.delete(anchor);
  };

  const lookAtMap = (pairs: readonly unknown[], path: Path): void => {
    const first = new Map<string, unknown>();
    for (const pair of pairs) {
      if (!isPair(pair)) continue;
      if (!isScalar(pair.key)) {
        say(pair.key, path, {
          message: 'a key must be plain text',
          allowed: 'name: value',
          found: 'a list or mapping',
        });
        continue;
      }
      const key = keyText(pair.key);
      if (key === '<<' && !isMergeSource(pair.value))
        say(pair.key, [...path, key], {
          message: '<< merges mappings only',
          allowed: '<<: *anchor of a mapping',
          found: '<<',
        });
      else if (key !== '<<' && first.has(key)) say(pair.key, [...path, key], twice(key), false);
      first.set(key, pair.key);
      look(pair.value, [...path, key]);
    }
  };

  look(document.contents, []);
  for (const warning of document.warnings) {
    const message = 'tags are not understood here';
    found.push({
      offset: warning.pos[0],
      path: [],
      problem: {message, allowed: 'a plain value without !tag', found: '!'},
      isFatal: true,
    });
  }
  return found;
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
