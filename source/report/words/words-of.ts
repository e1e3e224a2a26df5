import {en} from './en.ts';
import type {Words} from './words.ts';
import {zh} from './zh.ts';

export function wordsOf(lang: 'en' | 'zh'): Words {
  return lang === 'zh' ? zh : en;
}
