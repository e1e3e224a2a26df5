import {z} from 'zod';
import {isFeatureName, isName} from '../../release/name.ts';
import {DURATION_FORM, PERCENT_FORM, readDuration, readPercent} from '../values.ts';
import {bad, good, type Reading} from './mistake.ts';
import {made, readBy} from './tree.ts';
import {quote} from '../../text/quote.ts';

const PLAIN = {type: ['string', 'number']};

/** One line of plain text; a bare number counts as text. */
export function line(maxLength: number): z.ZodType<string> {
  const form = `up to ${maxLength} plain letters in one line`;
  return readBy(
    (value): Reading<string> => {
      const text = typeof value === 'number' ? String(value) : value;
      if (isName(text, maxLength)) return good(text.trim());
      const isLong = typeof text === 'string' && text.length > maxLength;
      const message = isLong ? `this has ${text.length} letters` : 'this is not one line of text';
      return bad({message, allowed: form});
    },
    {...PLAIN, maxLength, form},
  );
}

export const name = line(64);
/** A path as it is written. */
export const filePath = line(1024).meta({form: 'a path'});

/** Text of a pattern. @param what names the value in a mistake: `the name of a feature` */
export function matching(fits: (text: string) => boolean, what: string, form: string): z.ZodType<string> {
  return readBy(
    value =>
      typeof value === 'string' && fits(value)
        ? good(value)
        : bad({
            message: `${typeof value === 'string' ? quote(value) : 'this'} is not ${what}`,
            allowed: form,
          }),
    {type: 'string', form},
  );
}

export const featureName = matching(
  isFeatureName,
  'the name of a feature',
  'small letters, digits, _ and -, at most 64, beginning with a letter or digit',
);

/** Whole milliseconds, within bounds if there are any. */
export function durationBetween(least: number, most: number, form: string): z.ZodType<number> {
  return readBy(
    (value): Reading<number> => {
      const reading = readDuration(value);
      if (!reading.ok || (reading.value >= least && reading.value <= most)) return reading;
      return bad({message: reading.value < least ? 'this is too short' : 'this is too long', allowed: form});
    },
    {...PLAIN, form},
  );
}

export const duration = durationBetween(0, Infinity, DURATION_FORM);
export const durationAboveZero = durationBetween(1, Infinity, 'more than 0: 30s, 5m');

/** 0–100, where the key says that it is a percentage. */
export const percent = readBy(value => readPercent(value), {...PLAIN, form: PERCENT_FORM});
/** A share 0–1, written as a percentage; a bare 1 or less must carry its unit. */
export const share = readBy(
  (value): Reading<number> => {
    const reading = readPercent(value, false);
    return reading.ok ? good(Number((reading.value / 100).toPrecision(12))) : reading;
  },
  {...PLAIN, form: PERCENT_FORM},
);

export const flag = z.boolean();

/** `on` or `off`, also as true or false. */
export const onOff = readBy(
  (value): Reading<boolean> =>
    value === 'on' || value === true
      ? good(true)
      : value === 'off' || value === false
        ? good(false)
        : bad({message: 'this is neither on nor off', allowed: 'on, off'}),
  {enum: ['on', 'off', true, false], form: 'on or off'},
);

/** A list that holds each value once. */
export function setOf<T>(item: z.ZodType<T>, form: string): z.ZodType<T[]> {
  return made(z.array(item).meta({form}), list => [...new Set(list)]);
}
