import {en} from './en.ts';
import {zh} from './zh.ts';
import type {Language} from '../../text/language.ts';

/** Every word on the screen. English gives the shape; another language that lacks a key does not compile. */
export type Messages = typeof en;

/** The words of a language. */
export function messagesOf(language: Language): Messages {
  return language === 'zh' ? zh : en;
}
