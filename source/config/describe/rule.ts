import type {AttributeTest, Rule} from '../../release/plan.ts';
import {listText, numberText, timeText, wordsOf} from '../words/catalogue.ts';
import type {Language} from '../../text/language.ts';

/** How a rule about people is read, in words: `user_type is lawyer and case_count is at least 10`. */
export function describeRule(rule: Rule, lang: Language): string {
  const words = wordsOf(lang);
  if ('group' in rule) return words.group(rule.group);
  if ('custom' in rule) return words.custom(rule.custom);
  if ('not' in rule) return words.not(describeRule(rule.not, lang));
  if ('attribute' in rule) return testText(rule.attribute, rule.test, lang);
  const [parts, type] = 'all' in rule ? ([rule.all, 'both'] as const) : ([rule.any, 'or'] as const);
  if (parts.length === 0) return type === 'both' ? words.everyone : words.noUser;
  const texts = parts.map(part => {
    const text = describeRule(part, lang);
    const isCombined =
      parts.length > 1 && (('all' in part && part.all.length > 1) || ('any' in part && part.any.length > 1));
    return isCombined ? bracketed(text, lang) : text;
  });
  return listText(texts, lang, type);
}

function bracketed(text: string, lang: Language): string {
  return lang === 'zh' ? `（${text}）` : `(${text})`;
}

function testText(attribute: string, test: AttributeTest, lang: Language): string {
  const words = wordsOf(lang);
  switch (test.op) {
    case 'in':
      return words.isOneOf(attribute, listText(test.values, lang, 'or'));
    case 'like':
      return likeText(attribute, test.parts, lang);
    case 'within':
      return words.within(attribute, timeText(test.ms, lang));
    case 'atLeastAgo':
      return words.atLeastAgo(attribute, timeText(test.ms, lang));
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '=':
    case '!=':
      return words.compares(
        attribute,
        test.op,
        'version' in test ? words.version(test.version) : numberText(test.value),
      );
  }
}

function likeText(attribute: string, parts: readonly string[], lang: Language): string {
  const words = wordsOf(lang);
  const [first = '', second = '', third] = parts;
  if (parts.length === 2 && second === '') return words.startsWith(attribute, first);
  if (parts.length === 2 && first === '') return words.endsWith(attribute, second);
  if (parts.length === 3 && first === '' && third === '') return words.contains(attribute, second);
  return words.matches(attribute, parts.map(part => part.replaceAll(/[*\\]/gu, String.raw`\$&`)).join('*'));
}
