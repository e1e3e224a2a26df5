import type {Hook} from '../../release/plan.ts';
import {shown} from '../yaml/mistake.ts';
import {timeText, wordsOf} from '../words/catalogue.ts';
import type {Lang} from '../words/lang.ts';

/** A hook in words: its command, how long it may take, and what says that it is done already. */
export function hookText({argv, timeoutMs, check}: Hook, lang: Lang): string {
  const words = wordsOf(lang);
  const notes = [
    words.hookTime(timeText(timeoutMs, lang)),
    ...(check === null ? [] : [words.hookCheck(commandText(check))]),
  ];
  return lang === 'zh'
    ? `${commandText(argv)}（${notes.join('；')}）`
    : `${commandText(argv)} (${notes.join('; ')})`;
}

/** The words of a command, told apart where one holds spaces, without what looks like a secret. */
function commandText(argv: readonly string[]): string {
  const masked = argv.map(word =>
    word.replace(/(?<name>(?:token|secret|passw\w*|api-?key)[=:]).+/iu, '$<name>***'),
  );
  return masked.map(word => (/^[\w./:=@%+,*-]+$/u.test(word) ? word : `'${shown(word)}'`)).join(' ');
}
