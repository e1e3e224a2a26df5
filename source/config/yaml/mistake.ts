import type {z} from 'zod';
import {nearest, quote} from '../../text/quote.ts';

type Issue = z.core.$ZodIssue;

/** An issue of zod in the words of a mistake. The only place where the library's issues become words. */
export function problemOf(issue: Issue, value: unknown): Problem {
  switch (issue.code) {
    case 'custom':
      return (issue.params?.['problem'] as Problem | undefined) ?? notThat(issue.message);
    case 'invalid_value': {
      const words = issue.values.map(String);
      const said = typeof value === 'string' || typeof value === 'number' ? quote(String(value)) : 'this';
      const meant = typeof value === 'string' ? nearest(value, words) : null;
      const hint = meant === null ? '' : `; did you mean ${meant}?`;
      return {message: `${said} is none of the words known here${hint}`, allowed: words.join(', ')};
    }
    case 'invalid_type':
      return notThat(issue.expected === 'boolean' ? 'true or false' : `a ${issue.expected}`);
    default:
      return notThat(issue.message);
  }
}

function notThat(wanted: string): Problem {
  return {message: `this is not ${wanted}`, allowed: wanted};
}

/** A path inside a file: `['phases', 0, 'percent']`. */
export type Path = readonly (string | number)[];

/** Something wrong with a file, or worth a warning. All text in it is safe for a terminal and holds no password. */
export interface Mistake {
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units, as editors count. */
  column: number;
  /** Where in the structure: `phases[0].percent`; empty for the whole file. */
  path: string;
  /** What stands there, as written; `nothing` where something is missing. */
  found: string;
  /** What may stand there. */
  allowed: string;
  /** What is wrong, in one sentence without file, line and `allowed`. */
  message: string;
}

/** A mistake of a value, before its place in a file is known. */
export interface Problem {
  message: string;
  allowed: string;
  /** As written; left out: the whole value. */
  found?: string;
  /** Offset inside the value's text where it begins; left out: at the value. */
  at?: number;
}

/** A value that was read, perhaps with warnings, or all that is wrong with it. */
export type Reading<T> =
  {ok: true; value: T; warnings?: Problem[]} | {ok: false; problems: [Problem, ...Problem[]]};

export function good<T>(value: T, warnings: Problem[] = []): Reading<T> {
  return {ok: true, value, warnings};
}

export function bad(...problems: [Problem, ...Problem[]]): {ok: false; problems: [Problem, ...Problem[]]} {
  return {ok: false, problems};
}

/** `['phases', 0, 'a b']` as `phases[0]["a b"]`. */
export function pathText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(part)) return `[${quote(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** A mistake as a person reads it: place, what is wrong, what is allowed. */
export function mistakeLines(mistake: Mistake): string[] {
  const place = `${mistake.file}:${mistake.line}:${mistake.column}`;
  return [
    mistake.path === '' ? place : `${place}  ${mistake.path}`,
    `  ${mistake.message}`,
    ...(saysFound(mistake) ? [] : [`  found: ${mistake.found}`]),
    `  allowed: ${mistake.allowed}`,
  ];
}

function saysFound({message, found}: Mistake): boolean {
  return found === 'nothing' || message.includes(found.replaceAll('"', ''));
}

export function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  const seen = new Map(mistakes.map(one => [`${one.line}:${one.column}:${one.message}`, one]));
  return [...seen.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
