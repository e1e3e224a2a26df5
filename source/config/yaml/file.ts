import {isCollection, isMap, isPair, isScalar, parseDocument, type Document, type Node} from 'yaml';
import {pathText, type Mistake, type Path, type Problem} from './mistake.ts';
import {findChild, rangeOf, resolve} from './path.ts';
import {yamlOfMarkdown} from './markdown.ts';
import {surveyProblems} from './survey.ts';
import {syntaxProblems} from './syntax.ts';
import {safe, shown} from '../../text/quote.ts';

/** Larger files are refused unread. */
const MOST_BYTES = 256 * 1024;
/** How often aliases may be expanded. No plan of a person needs more, and a bomb does. */
const MOST_EXPANSIONS = 100;

/** Where a problem points: the value at a path, or the key it stands under. */
export type Aim = 'key' | 'value';

/** A file that was read, with the place of everything in it. */
export interface YamlFile {
  /** As plain values; never circular. */
  value: unknown;
  /** The problem with file, line, column and what stands there. */
  mistake(path: Path, problem: Problem, aim?: Aim): Mistake;
  /** From now on `meant` in the mapping at `path` is the key that is written `actual`. */
  readAs(path: Path, meant: string, actual: string): void;
  /** A scalar as it was written: `007`, where the value is 7. Null where it is no scalar. */
  written(path: Path): string | null;
}

/** A file as far as it could be read. */
export interface OpenedYaml {
  /** Null where it makes no sense to look further. */
  file: YamlFile | null;
  /** May hold some even where there is a file. */
  mistakes: Mistake[];
  warnings: Mistake[];
}

/**
 * Reads YAML 1.2 or JSON, or the `yaml` blocks of a Markdown file as one.
 * @param known keys of which a block of Markdown holds at least one; null: Markdown is not read
 */
export function openYaml(
  written: string,
  fileName: string,
  known: ReadonlySet<string> | null = null,
): OpenedYaml {
  const bytes = new TextEncoder().encode(written).length;
  const markdown = known === null || bytes > MOST_BYTES ? null : yamlOfMarkdown(written, known);
  const text = markdown?.yaml ?? written;
  const placeOf = placesIn(text);
  const at = (offset: number, problem: Problem, path: Path = []): Mistake => {
    const {line, column} = placeOf(Math.max(0, Math.min(offset, text.length)));
    return {
      file: shown(fileName),
      line,
      column,
      path: pathText(path),
      found: shown(problem.found ?? 'nothing'),
      allowed: safe(problem.allowed),
      message: safe(problem.message),
    };
  };
  const warnings = (markdown?.passedOver ?? []).map(({offset, keys}) => at(offset, notOurs(keys)));
  const failed = (...mistakes: Mistake[]): OpenedYaml => ({file: null, mistakes, warnings});
  if (bytes > MOST_BYTES) return failed(at(0, tooLarge(bytes)));

  const document = withoutTraces(() =>
    parseDocument(text, {
      prettyErrors: false,
      // Found by `surveyProblems` in one pass: the library compares every key with every other.
      uniqueKeys: false,
      merge: true,
      logLevel: 'error',
    }),
  );
  if (document.errors.length > 0) {
    const problems = syntaxProblems(text, document);
    const firstOfLine = new Map(problems.map(one => [placeOf(one.offset).line, one] as const).toReversed());
    return failed(...[...firstOfLine.values()].map(({offset, problem}) => at(offset, problem)));
  }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return failed(at(0, EMPTY));

  const survey = surveyProblems(document);
  const mistakes = survey.map(({offset, problem, path}) => at(offset, problem, path));
  if (survey.some(one => one.isFatal)) return failed(...mistakes);
  let value: unknown;
  try {
    value = document.toJS({maxAliasCount: MOST_EXPANSIONS});
  } catch {
    return failed(...mistakes, at(0, ALIAS_BOMB));
  }
  return {file: fileOf(document, value, text, at), mistakes, warnings};
}

/** A file of nothing but mistakes makes an error of the library for each letter; where each was made takes seconds to note. */
function withoutTraces<T>(work: () => T): T {
  const {stackTraceLimit} = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * Line and column of an offset, each from 1 on. Counted here: the library's own counter loses lines after some mistakes,
 * and then names places that are not in the file.
 */
function placesIn(text: string): (offset: number) => {line: number; column: number} {
  const starts = [0, ...Array.from(text.matchAll(/\n/gu), ({index}) => index + 1)];
  return offset => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return {line: low + 1, column: offset - (starts[low] ?? 0) + 1};
  };
}

function fileOf(
  document: Document,
  value: unknown,
  text: string,
  at: (offset: number, problem: Problem, path: Path) => Mistake,
): YamlFile {
  const misspelt = new Map<string, string>();
  const asWritten = (path: Path): Path =>
    path.map((step, index) => misspelt.get(pathText([...path.slice(0, index), step])) ?? step);
  return {
    value,
    readAs(path, meant, actual) {
      misspelt.set(pathText([...path, meant]), actual);
    },
    written(path) {
      const node = resolve(findChild(document, asWritten(path)).value, document);
      return isScalar(node) ? (node.source ?? String(node.value)) : null;
    },
    mistake(meant, problem, aim = 'value') {
      const path = asWritten(meant);
      const {key, value: node} = findChild(document, path);
      const target = aim === 'key' && key !== null ? key : node;
      const found = problem.found ?? writtenAs(target, text);
      return at(offsetIn(target, text, problem.at ?? 0), {...problem, found}, path);
    },
  };
}

/** Where a letter of a scalar's value stands; its start where escapes or folding make the way back unsure. */
function offsetIn(node: Node | null, text: string, inside: number): number {
  const [start, end] = rangeOf(node);
  if (inside === 0 || !isScalar(node)) return start;
  const source = String(node.source ?? node.value);
  const first = text.indexOf(source, start);
  return first >= 0 && first <= start + 1 && first + inside <= end ? first + inside : start;
}

function writtenAs(node: Node | null, text: string): string {
  if (node === null) return 'nothing';
  if (isScalar(node) || isPair(node)) {
    const [start, end] = rangeOf(node);
    return end > start ? shown(text.slice(start, end).trim()) : 'nothing';
  }
  const isEmpty = isCollection(node) && node.items.length === 0;
  return `${isEmpty ? 'an empty' : 'a'} ${isMap(node) ? 'mapping' : 'list'}`;
}

function notOurs(keys: readonly string[]): Problem {
  return {
    message: 'this block holds no key of a plan and is passed over',
    allowed: 'a block with keys of a plan, or another word than yaml at its fence',
    found: keys.join(', '),
  };
}

const EMPTY: Problem = {
  message: 'the file holds nothing',
  allowed: 'a plan: at least phases (or ramp), for example  phases: [{name: all, percent: 100}]',
  found: 'nothing',
};
const ALIAS_BOMB: Problem = {
  message: 'its aliases unfold into more than can be read',
  allowed: `at most ${MOST_EXPANSIONS} values by way of aliases`,
  found: 'aliases within aliases',
};

function tooLarge(bytes: number): Problem {
  return {
    message: `the file has ${Math.ceil(bytes / 1024)} KiB`,
    allowed: `at most ${MOST_BYTES / 1024} KiB`,
    found: `${Math.ceil(bytes / 1024)} KiB`,
  };
}
