import {z} from 'zod';
import {isFeatureName, isName} from '../../release/name.ts';
import {readDuration} from '../duration.ts';
import {bad, good, quote, type Reading} from './mistake.ts';
import {nearest} from './nearest.ts';
import {readPercent} from '../percent.ts';
import {readBy} from './reader.ts';

export const FEATURE_ALLOWED = 'small letters, digits, _ and -, at most 64, beginning with a letter or digit';

/** One line of plain text; a bare number counts as text. */
export function line(maxLength: number): z.ZodType<string> {
  return readBy((value): Reading<string> => {
    const text = typeof value === 'number' ? String(value) : value;
    if (isName(text, maxLength)) return good(text.trim());
    const isLong = typeof text === 'string' && text.length > maxLength;
    return bad({
      message: isLong ? `this has ${text.length} letters` : 'this is not one line of text',
      allowed: `up to ${maxLength} plain letters in one line`,
    });
  });
}

export const name = line(64);

export const featureName: z.ZodType<string> = readBy(value =>
  isFeatureName(value)
    ? good(value)
    : bad({
        message:
          typeof value === 'string' ? `${quote(value)} is not the name of a feature` : 'this is not a name',
        allowed: FEATURE_ALLOWED,
      }),
);

/** Whole milliseconds. */
export const duration: z.ZodType<number> = readBy(readDuration);
export const durationAboveZero: z.ZodType<number> = readBy((value): Reading<number> => {
  const reading = readDuration(value);
  return reading.ok && reading.value === 0
    ? bad({message: 'this takes no time', allowed: 'more than 0: 30s, 5m'})
    : reading;
});

/** 0–100, where the key says that it is a percentage. */
export const percent: z.ZodType<number> = readBy(value => readPercent(value));
/** A share 0–1, written as a percentage; a bare 1 or less must carry its unit. */
export const share: z.ZodType<number> = readBy((value): Reading<number> => {
  const reading = readPercent(value, false);
  return reading.ok ? good(Number((reading.value / 100).toPrecision(12))) : reading;
});

/** Truth written as YAML does. */
export const flag: z.ZodType<boolean> = z.boolean({error: 'true or false'});

export function oneOf<const T extends readonly string[]>(words: T): z.ZodType<T[number]> {
  return readBy((value): Reading<T[number]> => {
    const found = words.find(word => word === value);
    if (found !== undefined) return good(found);
    const said = typeof value === 'string' || typeof value === 'number' ? quote(String(value)) : 'this';
    const meant = typeof value === 'string' ? nearest(value, words) : null;
    const hint = meant === null ? '' : `; did you mean ${meant}?`;
    return bad({message: `${said} is none of the words known here${hint}`, allowed: words.join(', ')});
  });
}
