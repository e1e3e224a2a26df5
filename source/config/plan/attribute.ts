import {readVersion} from '../../audience/rule.ts';
import {isName, own} from '../../release/name.ts';
import type {AttributeTest, Rule} from '../../release/plan.ts';
import {readDuration} from '../values.ts';
import {type Spot, type YamlReader, child} from '../yaml/reader.ts';
import {quote, shown} from '../../text/quote.ts';

const NUMBER = String.raw`\d[\d.,_]*`;

/** Shapes of text that a reader of a plan would take for more than this very text, and what each looks like. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^[<>=!~≤≥≠≈^]/u, 'an operator'],
  [
    /^(?:大于|小于|不少于|不多于|不大于|不小于|不超过|至少|至多|超过|等于|不等于|高于|低于|早于|晚于)/u,
    'an operator',
  ],
  [
    /^(?:gte?|lte?|ge|le|eq|neq?|above|below|over|under|before|after|since|until|up to|at (?:most|least)|(?:no )?(?:more|less|fewer|greater|older|newer|later|earlier) than|min(?:imum)?|max(?:imum)?)[\s:]+[v\d"'].*$/iu,
    'an operator',
  ],
  [
    /^(?:not|is not|contains|includes|like|matches|starts with|ends with|one of|any of|none of)\s+\S/iu,
    'an operator',
  ],
  [/^(?:not )?in\s*[[({]/iu, 'an operator'],
  [/\s(?:and|or|&&|\|\|)\s*[<>=!≤≥]/iu, 'two conditions'],
  [/[*|]/u, 'a pattern'],
  [/^\/.+\/[a-z]*$/u, 'a pattern'],
  [/^%|%$/u, 'a pattern'],
  [/\\[dwsb.]|\[[^\]]+\]|\.[+?]|\$$|^\(.+\)$/u, 'a pattern'],
  [/^v?\d+(?:\.\d+)*\.[xX]$/u, 'a pattern'],
  [/^between\s+\S/iu, 'a range'],
  [/^介于|(?:以上|以下|以内|之间|及以上)$/u, 'a range'],
  // 2026-11 is a month, and 2026-11-30 a day.
  [
    new RegExp(
      String.raw`^(?!\d{4}-\d{2}$)v?${NUMBER}\s*(?:-|–|—|~|～|\.{2,3}|…|\bto\b|至|到)\s*v?${NUMBER}$`,
      'iu',
    ),
    'a range',
  ],
  [new RegExp(String.raw`^${NUMBER}\s*\+$`, 'u'), 'a range'],
  [/^[[{(].*[\])}]$/u, 'a list'],
  [/^[^,，、;；]+(?:[,，、;；]\s*[^,，、;；]+)+$/u, 'a list'],
];

/**
 * What a plain text looks like where it is compared letter by letter: an operator, a range, a pattern, a list or a time.
 * Null for a text that can only mean itself.
 */
function looksLike(text: string): string | null {
  const plain = text.normalize('NFKC').trim();
  const shape = SHAPES.find(([pattern]) => pattern.test(plain));
  if (shape !== undefined) return shape[1];
  const isTime = /^\d/u.test(plain) && readDuration(plain.replace(/\s+ago$|[内前]$/iu, '')).ok;
  return isTime && plain !== '0' ? 'a time' : null;
}

type NumberOperator = Extract<AttributeTest, {value: number}>['op'];

const ALLOWED =
  'a value, [several, values], ">= 10", ">= version 2.10", "!= value", "= the very text", starts with TEXT, ends with TEXT, contains TEXT, matches "web-*", within 7 days, or at least 30 days ago';
const VALUE_LENGTH = 256;

/** How a seed reads a comparison with a time; elsewhere it must say `within` or `at least … ago`. */
export type DateReading = (op: string) => 'within' | 'atLeastAgo';

/** `user_type: admin`, `level: [gold, vip]`, `case_count: ">= 10"`, `last_login: within 7 days`. Undefined once its mistake is told. */
export function readAttribute(
  reader: YamlReader,
  spot: Spot,
  attribute: string,
  asDate?: DateReading,
): Rule | undefined {
  const say = (message: string, allowed = ALLOWED): undefined => reader.mistake(spot, {message, allowed});
  if (!isName(attribute)) {
    reader.mistake(spot, {message: 'this is not the name of an attribute', allowed: 'plain text'}, 'key');
    return undefined;
  }
  const {value} = spot;
  if (Array.isArray(value)) {
    const values = value.map((_, index) => scalarText(reader, child(spot, index)));
    const odd = value.findIndex(item => typeof item === 'string' && looksLike(item) !== null);
    if (odd !== -1) {
      reader.mistake(child(spot, odd), {
        message: notPlain(String(value[odd])),
        allowed: `plain values; for this very text {any: [{${attribute}: "= …"}]}`,
      });
      return undefined;
    }
    const isWhole = values.length > 0 && values.every(text => text !== null);
    return isWhole
      ? {attribute, test: {op: 'in', values: values.filter(text => text !== null)}}
      : say(values.length === 0 ? 'an empty list fits no user' : 'a list of values holds plain values only');
  }
  if (typeof value === 'number') {
    const written = scalarText(reader, spot);
    // 007 or an id beyond 2^53 would not survive as a number.
    return written === String(value)
      ? {attribute, test: {op: '=', value}}
      : {attribute, test: {op: 'in', values: [written ?? String(value)]}};
  }
  if (typeof value === 'boolean') return {attribute, test: {op: 'in', values: [String(value)]}};
  if (!isName(value, VALUE_LENGTH)) return say('this is not a value to compare with');
  return readText(attribute, value.trim(), asDate, say);
}

function readText(
  attribute: string,
  text: string,
  asDate: DateReading | undefined,
  say: (message: string, allowed?: string) => undefined,
): Rule | undefined {
  const date = /^(?:(?<within>within|in the last)|(?<atLeast>at least))\s+(?<time>.+?)(?:\s+ago)?$/iu.exec(
    text,
  );
  if (date?.groups !== undefined) {
    const time = readDuration(date.groups['time']);
    if (!time.ok) return say(time.problems[0].message, 'within 7 days, at least 30 days ago');
    return {
      attribute,
      test: {op: date.groups['within'] === undefined ? 'atLeastAgo' : 'within', ms: time.value},
    };
  }
  const like =
    /^(?<how>starts with|prefix|ends with|suffix|contains|matches|like|pattern)\s+(?<operand>.+)$/iu.exec(
      text,
    );
  if (like?.groups !== undefined)
    return readLike(attribute, like.groups['how'] ?? '', like.groups['operand'] ?? '', say);
  const sign = /^(?<op><=|>=|==|!=|[<>=≤≥≠])\s*(?<operand>.+)$/u.exec(withPlainSign(text));
  if (sign?.groups === undefined) {
    return looksLike(text) === null
      ? {attribute, test: {op: 'in', values: [text]}}
      : say(notPlain(text), `${ALLOWED}; for this very text "= ${shown(text)}"`);
  }
  const op = operatorOf(sign.groups['op'] ?? '');
  const operand = (sign.groups['operand'] ?? '').trim();
  const version = /^(?:version\s+)(?<version>.+)$/iu.exec(operand)?.groups?.['version'] ?? null;
  if (version !== null || isVersion(attribute, operand)) {
    const text = version ?? operand;
    return readVersion(text) === null
      ? say(`${quote(text)} is not a version`, `${op} version 2.10, ${op} version 2.10.3-beta.1`)
      : {attribute, test: {op, version: text}};
  }
  if (/^[-+]?\d+\.\d*0$/u.test(operand))
    return say(
      `${quote(operand)} can be the number ${Number(operand)} or a version`,
      `"${op} ${Number(operand)}" for the number, "${op} version ${operand}" for the version`,
    );
  if (/^[-+]?\d+(?:\.\d+)?$/u.test(operand)) return {attribute, test: {op, value: Number(operand)}};
  const time = readDuration(operand);
  // After = stands the very text, whatever it looks like, but for a sign that would make another operator.
  if (op === '=' && !/^[<>=!~≤≥≠]/u.test(operand)) return {attribute, test: {op: 'in', values: [operand]}};
  if (time.ok) {
    return asDate === undefined
      ? say(
          `${quote(text)} does not say whether the time lies within or before`,
          `within ${operand}, at least ${operand} ago`,
        )
      : {attribute, test: {op: asDate(op), ms: time.value}};
  }
  if (op === '!=' && looksLike(operand) === null)
    return {not: {attribute, test: {op: 'in', values: [operand]}}};
  return op === '=' || op === '!='
    ? say(notPlain(op === '=' ? text : operand))
    : say(`${quote(operand)} is neither a number, a version nor a time: it cannot be compared by ${op}`);
}

/** A quotation mark at each end is not part of the text. Of a pattern `*` stands for any letters, and `\\*` for a star. */
function readLike(
  attribute: string,
  how: string,
  operand: string,
  say: (message: string, allowed?: string) => undefined,
): Rule | undefined {
  const text = /^(?<mark>["'])(?<text>.+)\k<mark>$/u.exec(operand)?.groups?.['text'] ?? operand;
  const kind = LIKE[how.toLowerCase()] ?? 'pattern';
  const parts =
    kind === 'pattern'
      ? partsOf(text)
      : kind === 'prefix'
        ? [text, '']
        : kind === 'suffix'
          ? ['', text]
          : ['', text, ''];
  if (parts.every(part => part === ''))
    return say('this pattern fits everyone', 'a pattern with letters in it: "web-*"');
  if (kind === 'pattern' && EXPRESSION.test(text))
    return say(
      `${quote(text)} looks like a regular expression, and only * has a meaning here`,
      'starts with, ends with, contains, or a pattern such as "web-*"; a star itself as \\*',
    );
  if (parts.length === 1)
    return say(
      `${quote(text)} has no *, so it fits this very text only`,
      `"web-*" for a pattern, "= ${shown(text)}" for the text`,
    );
  return {attribute, test: {op: 'like', parts}};
}

/** What only a regular expression has. */
const EXPRESSION = /\\[dwsDWSb.]|\[[^\]]*\]|\([^)]*\)|\.[*+?]|^\^|\$$|^\/.*\/[a-z]*$/u;

const LIKE: Readonly<Record<string, 'prefix' | 'suffix' | 'inside'>> = {
  'starts with': 'prefix',
  prefix: 'prefix',
  'ends with': 'suffix',
  suffix: 'suffix',
  contains: 'inside',
};

/** The texts between the stars of a pattern; several stars in a row are one. */
function partsOf(pattern: string): string[] {
  const parts = [''];
  for (const [letter] of pattern.matchAll(/\\[*\\]|[^]/gu)) {
    if (letter !== '*')
      parts.push(
        (parts.pop() ?? '') + (letter.length === 2 && letter.startsWith('\\') ? letter.slice(1) : letter),
      );
    else if (parts.length === 1 || parts.at(-1) !== '') parts.push('');
  }
  return parts;
}

/** Several dots make a version; so does one where the attribute is called a version. A number alone is compared as one. */
function isVersion(attribute: string, operand: string): boolean {
  if (/^v?\d+(?:\.\d+){2,}/iu.test(operand) || /^v\d/iu.test(operand)) return readVersion(operand) !== null;
  return /version|(?:^|_)ver(?:$|_)|版本/iu.test(attribute) && readVersion(operand) !== null;
}

/** Signs of full width are signs, too. */
function withPlainSign(text: string): string {
  return text.replace(/^[\s＜＞＝！<>=!]+/u, signs => signs.normalize('NFKC').trimStart());
}

function notPlain(text: string): string {
  return `${quote(text)} looks like ${looksLike(text) ?? 'an operator'} and would be compared letter by letter`;
}

const OPERATORS: Readonly<Record<string, NumberOperator>> = {'==': '=', '≤': '<=', '≥': '>=', '≠': '!='};

function operatorOf(sign: string): NumberOperator {
  return own(OPERATORS, sign) ?? (sign as NumberOperator);
}

/** A plain value as it was written, so that `007` stays `007`; null where it is none. */
export function scalarText(reader: YamlReader, spot: Spot, maxLength = VALUE_LENGTH): string | null {
  const {value} = spot;
  if (typeof value === 'string') return isName(value, maxLength) ? value.trim() : null;
  if (typeof value !== 'number' && typeof value !== 'boolean') return null;
  return reader.file.written(spot.path) ?? String(value);
}
