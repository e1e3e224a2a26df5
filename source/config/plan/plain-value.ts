import {readDuration} from '../duration.ts';

const NUMBER = String.raw`\d[\d.,_]*`;

/** Shapes of text that a reader of a plan would take for more than this very text, and what each looks like. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^[<>=!~≤≥≠≈^]/u, 'an operator'],
  [
    /^(?:大于|小于|不少于|不多于|不大于|不小于|不超过|至少|至多|超过|等于|不等于|高于|低于|早于|晚于)/u,
    'an operator',
  ],
  [
    /^(?:gte?|lte?|ge|le|eq|neq?|above|below|over|under|before|after|since|until|up to|at (?:most|least)|(?:no )?(?:more|less|fewer|greater|older|newer|later|earlier) than|min(?:imum)?|max(?:imum)?)[\s:]+[v\d"'].*$/iu,
    'an operator',
  ],
  [
    /^(?:not|is not|contains|includes|like|matches|starts with|ends with|one of|any of|none of)\s+\S/iu,
    'an operator',
  ],
  [/^(?:not )?in\s*[[({]/iu, 'an operator'],
  [/\s(?:and|or|&&|\|\|)\s*[<>=!≤≥]/iu, 'two conditions'],
  [/[*|]/u, 'a pattern'],
  [/^\/.+\/[a-z]*$/u, 'a pattern'],
  [/^%|%$/u, 'a pattern'],
  [/\\[dwsb.]|\[[^\]]+\]|\.[+?]|\$$|^\(.+\)$/u, 'a pattern'],
  [/^v?\d+(?:\.\d+)*\.[xX]$/u, 'a pattern'],
  [/^between\s+\S/iu, 'a range'],
  [/^介于|(?:以上|以下|以内|之间|及以上)$/u, 'a range'],
  // 2026-11 is a month, and 2026-11-30 a day.
  [
    new RegExp(
      String.raw`^(?!\d{4}-\d{2}$)v?${NUMBER}\s*(?:-|–|—|~|～|\.{2,3}|…|\bto\b|至|到)\s*v?${NUMBER}$`,
      'iu',
    ),
    'a range',
  ],
  [new RegExp(String.raw`^${NUMBER}\s*\+$`, 'u'), 'a range'],
  [/^[[{(].*[\])}]$/u, 'a list'],
  [/^[^,，、;；]+(?:[,，、;；]\s*[^,，、;；]+)+$/u, 'a list'],
];

/**
 * What a plain text looks like where it is compared letter by letter: an operator, a range, a pattern, a list or a time.
 * Null for a text that can only mean itself.
 */
export function looksLike(text: string): string | null {
  const plain = text.normalize('NFKC').trim();
  const shape = SHAPES.find(([pattern]) => pattern.test(plain));
  if (shape !== undefined) return shape[1];
  const isTime = /^\d/u.test(plain) && readDuration(plain.replace(/\s+ago$|[内前]$/iu, '')).ok;
  return isTime && plain !== '0' ? 'a time' : null;
}
