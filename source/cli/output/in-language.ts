import {isRefusalCode, zhRefusalTyped, zhStoreFault} from '../../console/messages/zh-refusals.ts';
import {Failure} from './failure.ts';
import type {Language} from '../../text/language.ts';

const CONFLICT = {message: '他人多次抢先写入', next: 'graydeck status 再看一眼，再试一次'};

const OFFLINE_DOES = '在有路由器的主机上运行，那里的所有用户立即回到 prod；存储恢复后写入日志。';

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

function zhWords({code, message, next, about, facts}: Failure): {message: string; next: string} | null {
  const {offline} = facts;
  const remedy = typeof offline === 'string' ? `${offline} 不需要存储：${OFFLINE_DOES}` : next;
  if (isRefusalCode(code)) return zhRefusalTyped({code, message, remedy, facts: about});
  if (code === 'conflict') return typeof offline === 'string' ? {...CONFLICT, next: remedy} : CONFLICT;
  const fault = zhStoreFault(code);
  // The English sentence has the details.
  return fault === null ? null : {message: `${fault}（${message}）`, next: remedy};
}
