import {en} from './en.ts';
import {zh} from './zh.ts';

/** Languages the screen speaks. */
export type Language = 'en' | 'zh';

/** Every word on the screen. English gives the shape; another language that lacks a key does not compile. */
export type Messages = typeof en;

/** The words of a language. */
export function messagesOf(language: Language): Messages {
  return language === 'zh' ? zh : en;
}
