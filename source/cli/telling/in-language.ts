import type {Language} from '../../console/messages/catalogue.ts';
import {isRefusalCode, zhRefusalTyped} from '../../console/messages/zh-refusals.ts';
import type {StoreFaultCode} from '../../store/fault.ts';
import {Failure} from './failure.ts';

/** What a fault of the store is in Chinese; the English sentence with its details stands behind it. */
const STORE: Readonly<Record<StoreFaultCode, string>> = {
  'store-unreachable': '存储无法连接',
  'store-bad-url': '存储地址不对',
  'store-refused': '存储拒绝了请求',
  'store-full': '存储空间已满',
  'store-not-ours': '存储里不是 Graydeck 的数据',
  'store-no-rights': '没有访问存储的权限',
  'store-clock-behind': '存储的时钟落后',
  'log-broken': '日志不连续',
};
const CONFLICT = {message: '他人多次抢先写入', next: 'graydeck status 再看一眼，再试一次'};

/**
 * The failure in the language of who reads it, as far as it has a code that says what it is; else as it was written.
 * Codes, facts and the exit code stay.
 */
export function inLanguage(failure: Failure, language: Language): Failure {
  const words = language === 'zh' ? zhWords(failure) : null;
  if (words === null) return failure;
  const {exit, code, lines, facts, cause} = failure;
  return new Failure(exit, code, words.message, words.next, {lines, facts, cause});
}

function zhWords({code, message, next: remedy, about}: Failure): {message: string; next: string} | null {
  if (isRefusalCode(code)) return zhRefusalTyped({code, message, remedy, facts: about});
  if (code === 'conflict') return CONFLICT;
  return isOfStore(code) ? {message: `${STORE[code]}（${message}）`, next: remedy} : null;
}

function isOfStore(code: string): code is StoreFaultCode {
  return Object.hasOwn(STORE, code);
}
