import {z} from 'zod';
import {isName} from '../../release/name.ts';
import type {Evidence, Plan} from '../../release/plan.ts';
import {DEFAULT_EVIDENCE, DEFAULT_FORCED} from './built-in.ts';
import {line, matching, share} from '../yaml/leaf.ts';
import {bad, good} from '../yaml/mistake.ts';
import {child} from '../yaml/reader.ts';
import {made, mapping, may, named, readBy} from '../yaml/tree.ts';

const evidenceKeys = mapping(
  {
    falseAlarms: may(
      share,
      'Share of healthy releases that evidence may stop by mistake, above 0 % and at most 50 %.',
      '0.1 %',
      '1 %',
    ),
    margin: may(share, 'Relative difference from prod that does not count.', '2 %', '0 %'),
    then: may(
      z.enum(['rollback', 'pause', 'alert']),
      'The action once gray is worse beyond chance.',
      'pause',
      'rollback',
    ),
  },
  {alsoCalled: {alpha: 'falseAlarms', tolerance: 'margin', action: 'then'}},
);

/** `evidence:` off, or how sure it must be. Null: off. */
export const evidence = z.union([
  readBy(
    value => {
      if (value === 'off' || value === false) return good<Evidence | null>(null);
      if (value === 'on' || value === true) return good(DEFAULT_EVIDENCE);
      const allowed = 'off, or {falseAlarms: 1 %, margin: 0, then: rollback}';
      return bad({message: 'evidence is off, or says how sure it must be', allowed});
    },
    {enum: ['on', 'off', true, false], form: 'on or off'},
  ),
  made(evidenceKeys, (keys, at, reader): Evidence => {
    const {falseAlarms = DEFAULT_EVIDENCE.falseAlarms, margin = DEFAULT_EVIDENCE.margin} = keys;
    if (falseAlarms <= 0 || falseAlarms > 0.5)
      reader.mistake(child(at, 'falseAlarms'), {
        message: 'no evidence could ever be that sure or that careless',
        allowed: 'more than 0 % and at most 50 %: 1 %',
      });
    return {falseAlarms, margin, then: keys.then ?? DEFAULT_EVIDENCE.then};
  }),
]);

const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,64}$/u;
const tokens = z
  .array(matching(text => TOKEN.test(text), 'the name of a header or cookie', 'letters, digits, - and _'))
  .meta({form: 'a list of names: [x-gray-release]'});

/** Attribute whose value is hashed. */
export const attributeName = matching(text => isName(text), 'the name of an attribute', 'plain text: tenant');
/** Plain ASCII, so that every router pads it to whole words in the same way. */
export const salt = matching(
  text => /^[\w.:-]{1,64}$/u.test(text),
  'a salt',
  'at most 64 letters, digits, and _ . : -',
);

/** `forced:` names of headers and cookies; off: nothing forces a side. */
export const forced = z.union([
  readBy(
    value =>
      value === 'off' || value === false
        ? good<Plan['forced']>({headers: [], cookies: []})
        : bad({message: 'a mapping is needed here', allowed: 'off, or {headers: […], cookies: […]}'}),
    {enum: ['off', false], form: 'off'},
  ),
  made(
    mapping(
      {
        headers: may(
          tokens,
          'Headers that force a side by `true` or `false`.',
          '[x-gray-release]',
          DEFAULT_FORCED.headers.join(', '),
        ),
        cookies: may(
          tokens,
          'Cookies that force a side by `true` or `false`.',
          '[gray_user]',
          DEFAULT_FORCED.cookies.join(', '),
        ),
      },
      {alsoCalled: {header: 'headers', cookie: 'cookies'}},
    ),
    ({headers = DEFAULT_FORCED.headers, cookies = DEFAULT_FORCED.cookies}): Plan['forced'] => ({
      headers: headers.map(header => header.toLowerCase()),
      cookies,
    }),
  ),
]);

/** `checklist:` what people go through before the start. */
export const checklist = z.array(line(200)).meta({form: 'a list of things to do before the start'});

/** `contacts:` of a plan or of the project: a name and how to reach it. */
export const contacts = named(z.string(), line(200), {form: 'support: tech@example.com'});
