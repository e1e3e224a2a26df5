import {en} from './en.ts';
import type {ReportWords} from './words.ts';
import {zh} from './zh.ts';

export function reportWordsOf(lang: 'en' | 'zh'): ReportWords {
  return lang === 'zh' ? zh : en;
}
