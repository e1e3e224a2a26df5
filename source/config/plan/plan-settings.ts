import {z} from 'zod';
import type {Evidence, Plan} from '../../release/plan.ts';
import {DEFAULT_EVIDENCE, DEFAULT_FORCED} from './built-in.ts';
import {line, oneOf, share} from '../yaml/leaf.ts';
import {child, isMapping, type Reader, type Spot} from '../yaml/reader.ts';

/** `evidence:` off, or how sure it must be. Null: off. */
export function readEvidence(reader: Reader, spot: Spot): Evidence | null {
  const {value} = spot;
  if (value === 'off' || value === false) return null;
  if (value === 'on' || value === true) return DEFAULT_EVIDENCE;
  if (!isMapping(value)) {
    reader.mistake(spot, {
      message: 'evidence is off, or says how sure it must be',
      allowed: 'off, or {falseAlarms: 1 %, margin: 0, then: rollback}',
    });
    return null;
  }
  const shape = {falseAlarms: share, margin: share, then: oneOf(['rollback', 'pause', 'alert'])};
  const fields =
    reader.fields(spot, shape, {alpha: 'falseAlarms', tolerance: 'margin', action: 'then'}) ?? {};
  const evidence = {
    falseAlarms: fields.falseAlarms ?? DEFAULT_EVIDENCE.falseAlarms,
    margin: fields.margin ?? DEFAULT_EVIDENCE.margin,
    then: fields.then ?? DEFAULT_EVIDENCE.then,
  };
  if (evidence.falseAlarms <= 0 || evidence.falseAlarms > 0.5)
    reader.mistake(child(spot, 'falseAlarms'), {
      message: 'no evidence could ever be that sure or that careless',
      allowed: 'more than 0 % and at most 50 %: 1 %',
    });
  return evidence;
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,64}$/u;

/** `forced:` names of headers and cookies; off: nothing forces a side. */
export function readForced(reader: Reader, spot: Spot): Plan['forced'] {
  if (spot.value === 'off' || spot.value === false) return {headers: [], cookies: []};
  const fields = reader.fields(
    spot,
    {headers: z.unknown(), cookies: z.unknown()},
    {header: 'headers', cookie: 'cookies'},
  );
  const names = (key: 'headers' | 'cookies'): string[] =>
    fields?.[key] === undefined
      ? DEFAULT_FORCED[key]
      : reader.items(child(spot, key), 'a list of names: [x-gray-release]').flatMap(item => {
          if (typeof item.value === 'string' && TOKEN.test(item.value)) return [item.value];
          reader.mistake(item, {
            message: 'this cannot be the name of a header or cookie',
            allowed: 'letters, digits, - and _',
          });
          return [];
        });
  return {headers: names('headers').map(header => header.toLowerCase()), cookies: names('cookies')};
}

/** `checklist:` what people go through before the start. */
export function readChecklist(reader: Reader, spot: Spot): string[] {
  return reader
    .items(spot, 'a list of things to do before the start')
    .flatMap(item => reader.field(item, line(200)) ?? []);
}

/** `contacts:` of a plan or of the project: a name and how to reach it. */
export function readContacts(reader: Reader, spot: Spot): Record<string, string> {
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {message: 'contacts are a mapping', allowed: 'support: tech@example.com'});
    return {};
  }
  const entries = Object.keys(spot.value).flatMap((key): [string, string][] => {
    const text = reader.field(child(spot, key), line(200));
    return text === undefined ? [] : [[key, text]];
  });
  return Object.fromEntries(entries);
}
