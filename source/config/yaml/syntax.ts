import {isCollection, isScalar, visit, type Document, type ErrorCode, type YAMLError} from 'yaml';
import {type Problem} from './mistake.ts';
import {rangeOf} from './path.ts';
import {shown} from '../../text/quote.ts';

type Words = Pick<Problem, 'message' | 'allowed'>;

/** The faults people really make, in their words; the others keep the library's. */
const WORDS: Partial<Record<ErrorCode, Words>> = {
  TAB_AS_INDENT: {message: 'a tab is used to indent', allowed: 'spaces'},
  BAD_INDENT: {
    message: 'the indentation does not fit the lines above',
    allowed: 'entries of one mapping or list in one column',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second ": " in one line',
    allowed: 'one "key: value" a line; quotation marks around text that holds ": "',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'the next line is indented as if it belonged to this value',
    allowed: 'one "key: value" a line, indented like its neighbours',
  },
  MULTIPLE_DOCS: {message: 'a second document begins after ---', allowed: 'one document a file'},
  BAD_SCALAR_START: {
    message: 'a value cannot begin with this sign unless it is quoted',
    allowed: 'quotation marks around it',
  },
  BAD_ALIAS: {
    message: 'this is not the name of an anchor',
    allowed: '*name of an earlier &name, or quotation marks',
  },
  BAD_DQ_ESCAPE: {
    message: 'this escape is not known',
    allowed: 'single quotation marks, or \\\\ for a backslash',
  },
  UNEXPECTED_TOKEN: {
    message: 'this does not belong here',
    allowed: 'either "key: value" lines or "- entry" lines, indented alike',
  },
  RESOURCE_EXHAUSTION: {message: 'this is nested too deeply', allowed: 'at most 32 levels'},
};

const MOST_ERRORS = 20;
/** More letters of a line are not looked at. */
const SHOWN_AT_MOST = 400;

/** Syntax errors of the library, without those that another of them explains better. */
export function syntaxProblems(text: string, document: Document): {offset: number; problem: Problem}[] {
  const errors = document.errors.slice(0, MOST_ERRORS);
  const exhausted = errors.find(error => error.code === 'RESOURCE_EXHAUSTION');
  if (exhausted !== undefined) return [syntaxProblem(exhausted, text, document)];
  // What comes after a tab is guesswork.
  const tabs = errors.filter(error => error.code === 'TAB_AS_INDENT');
  if (tabs.length > 0) return tabs.map(error => syntaxProblem(error, text, document));
  const overLines = new Set(
    errors.filter(one => one.code === 'MULTILINE_IMPLICIT_KEY').map(one => one.pos[0]),
  );
  return errors
    .filter(error => error.code !== 'BLOCK_AS_IMPLICIT_KEY' || !overLines.has(error.pos[0]))
    .map(error => syntaxProblem(error, text, document));
}

/** A syntax error of the library with the place it begins at: an open bracket or quotation mark rather than the end of the file. */
function syntaxProblem(
  error: YAMLError,
  text: string,
  document: Document,
): {offset: number; problem: Problem} {
  const reported = error.pos[0];
  const opened = /closing|must end with|sufficiently indented/u.test(error.message)
    ? openedAt(document, text, reported)
    : null;
  if (opened !== null) {
    const sign = text[opened] ?? '';
    const closing = {'[': ']', '{': '}'}[sign] ?? sign;
    return {
      offset: opened,
      problem: {
        message: `${sign} is opened here and never closed`,
        allowed: `${closing} at its end`,
        found: sign,
      },
    };
  }
  const words = WORDS[error.code] ?? {message: shown(error.message), allowed: 'YAML 1.2 or JSON'};
  const offset = error.code === 'TAB_AS_INDENT' ? Math.max(0, text.indexOf('\t', reported)) : reported;
  const rest = (text.slice(offset, offset + SHOWN_AT_MOST).split('\n', 1)[0] ?? '').trim();
  const start = text.lastIndexOf('\n', offset) + 1;
  const isSecret = /pass|secret|token|key\s*:/iu.test(
    text.slice(Math.max(start, offset - SHOWN_AT_MOST), offset) + rest,
  );
  const found =
    error.code === 'TAB_AS_INDENT' ? 'a tab' : isSecret ? 'a line that may hold a secret' : shown(rest);
  return {offset, problem: {...words, found: found === '' ? 'nothing' : found}};
}

/** Start of the innermost bracket or quotation mark that is still open at `offset`. */
function openedAt(document: Document, text: string, offset: number): number | null {
  let best: number | null = null;
  visit(document, {
    Node(_, node) {
      const [start, end] = rangeOf(node);
      const sign = text[start] ?? '';
      const isOpener = isScalar(node) ? /^["']$/u.test(sign) : isCollection(node) && /^[[{]$/u.test(sign);
      if (isOpener && start < offset && end >= offset - 1 && (best === null || start > best)) best = start;
    },
  });
  return best;
}
