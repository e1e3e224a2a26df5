import {type Words, en} from './en.ts';
import {zh} from './zh.ts';
import type {Language} from '../../text/language.ts';

const WORDS: Record<Language, Words> = {en, zh};

export function wordsOf(lang: Language): Words {
  return WORDS[lang];
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
  ['millisecond', 1],
] as const;

/** A time in whole units, without rounding: `2 days`, `1 hour 30 minutes`, `2天`. */
export function timeText(ms: number, lang: Language): string {
  let rest = ms;
  const parts: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0 || (unit === 'second' && ms === 0)) parts.push(counted(count, unit, lang));
  }
  return parts.join(lang === 'zh' ? '' : ' ');
}

function counted(count: number, unit: string, lang: Language): string {
  const format = new Intl.NumberFormat(lang, {
    style: 'unit',
    unit,
    unitDisplay: lang === 'zh' ? 'short' : 'long',
    useGrouping: false,
  });
  return format.format(count);
}

/** `a, b or c`, `a、b 或 c`. `both` joins sentences that hold together. */
export function listText(parts: readonly string[], lang: Language, type: 'and' | 'or' | 'both'): string {
  if (lang === 'en')
    return new Intl.ListFormat('en-GB', {type: type === 'or' ? 'disjunction' : 'conjunction'}).format(parts);
  // The locale's own joins words of Latin letters without a space.
  const early = parts.slice(0, -1).join('、');
  const joint = {and: '和', both: '且', or: '或'}[type];
  return early === '' ? (parts[0] ?? '') : `${early} ${joint} ${parts.at(-1)}`;
}

/** A number with all its digits, without grouping. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(12)));
}

export function percentText(value: number): string {
  return `${numberText(value)} %`;
}
