import {en} from './en.ts';
import type {ReportWords} from './words.ts';
import {zh} from './zh.ts';
import type {Language} from '../../text/language.ts';

export function reportWordsOf(lang: Language): ReportWords {
  return lang === 'zh' ? zh : en;
}
