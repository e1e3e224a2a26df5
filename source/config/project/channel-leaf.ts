import {isName} from '../../release/name.ts';
import {bad, good, type Reading} from '../yaml/mistake.ts';
import {readBy} from '../yaml/tree.ts';
import {quote} from '../../text/quote.ts';

const RECEIVERS_AT_MOST = 20;
/** Enough to find slips of the hand; the server knows which addresses there are. */
const MAIL_ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/u;
const NAMED_ADDRESS = /^[^<>@\r\n"]{1,100}<(?<address>[^<>]+)>$/u;
const NUMBER = /^\+?[0-9][0-9 ()-]{3,24}$/u;

/** `smtps://user@host:465` or `smtp://user@host:587`; no password in it. */
export const mailServer = readBy(
  (value): Reading<string> => {
    const url = isName(value, 500) && URL.canParse(value.trim()) ? new URL(value.trim()) : null;
    if (url !== null && url.password !== '')
      return bad({
        message: 'a password must not stand in this file',
        allowed: 'the address without it, and password: "${SMTP_PASSWORD}"',
        found: 'a password',
      });
    const isFit =
      url !== null && (url.protocol === 'smtp:' || url.protocol === 'smtps:') && url.hostname !== '';
    return isFit
      ? good(url.href)
      : bad({
          message: 'this is not the address of a mail server',
          allowed: 'smtps://deck@mail.example.com:465',
        });
  },
  {type: 'string', form: 'smtps://user@host:465 or smtp://user@host:587'},
);

/** An address of HTTP without any secret in it. */
export const plainAddress = readBy(
  (value): Reading<string> => {
    const url = isName(value, 1000) && URL.canParse(value.trim()) ? new URL(value.trim()) : null;
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
      return bad({
        message: 'this is not an address of HTTP',
        allowed: 'https://example.com/path',
        // Half an address may hold a secret as well.
        found: 'something else',
      });
    const isSecret =
      url.username !== '' || url.password !== '' || /(?:key|token|secret|password|sig)=/iu.test(url.search);
    return isSecret
      ? bad({
          message: 'a secret must not stand in this file',
          allowed: 'the address without it',
          found: 'a secret',
        })
      : good(url.href);
  },
  {type: 'string', form: 'an address of HTTP without a secret in it'},
);

export const oneMailAddress = readBy(
  (value): Reading<string> => {
    if (isName(value, 300) && isMailAddress(value.trim())) return good(value.trim());
    const found = typeof value === 'string' ? quote(value) : 'something else';
    return bad({message: `${found} is no mail address`, allowed: 'deck@example.com'});
  },
  {type: 'string', form: 'a mail address'},
);

function isMailAddress(text: string): boolean {
  return MAIL_ADDRESS.test(text) || MAIL_ADDRESS.test(NAMED_ADDRESS.exec(text)?.groups?.['address'] ?? '');
}

/** One or a list. */
export const mailAddresses = listOf(
  value => isName(value, 300) && isMailAddress(value.trim()),
  'no mail address',
  'oncall@example.com, or a list of such',
);

/** One or a list; YAML reads a bare one as a number. */
export const telephoneNumbers = listOf(
  value => isName(value, 30) && NUMBER.test(value.trim()),
  'no telephone number in quotes',
  '"+491701234567", or a list of such',
);

function listOf(isFit: (value: unknown) => boolean, what: string, allowed: string) {
  return readBy(
    (value): Reading<string[]> => {
      const list: unknown[] = Array.isArray(value) ? value : [value];
      const wrong = list.find(one => !isFit(one));
      if (wrong !== undefined || list.length === 0)
        return bad({message: `${typeof wrong === 'string' ? quote(wrong) : 'this'} is ${what}`, allowed});
      if (list.length > RECEIVERS_AT_MOST)
        return bad({message: `these are ${list.length}`, allowed: `at most ${RECEIVERS_AT_MOST}`});
      return good(list.map(one => String(one).trim()));
    },
    {type: ['string', 'array'], form: allowed},
  );
}
