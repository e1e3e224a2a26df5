import {z} from 'zod';
import {readDuration} from '../values.ts';
import {line, onOff} from '../yaml/leaf.ts';
import {type Reading, bad, good} from '../yaml/mistake.ts';
import {made, mapping, may, readBy} from '../yaml/tree.ts';
import type {Language} from '../../text/language.ts';

/** Where links to watch by are served. Null: not written. */
export interface ShareConfig {
  /** Host and port that `graydeck share` listens on, as `--listen` takes them. */
  listen: string | null;
  /** Address under which others reach it, or a `graydeck serve`: scheme, host, and what else stands before `/s/`. */
  url: string | null;
}

export const NO_SHARE: ShareConfig = {listen: null, url: null};

const link = z.pipe(
  line(1024),
  z.string().refine(text => URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol), {
    error: 'an address that begins with https:// or http://',
  }),
);

/** The tree of `share:`. */
export const share = made(
  mapping(
    {
      listen: may(
        line(300),
        'Host and port that `graydeck share` listens on.',
        '0.0.0.0:8090',
        'a free port of this machine alone',
      ),
      url: may(
        link,
        'Address under which others reach the links. Without `listen` a `graydeck serve` there shows them.',
        'https://deck.example.com',
        'the address that is listened on',
      ),
    },
    {alsoCalled: {address: 'listen', link: 'url'}},
  ),
  ({listen = null, url = null}): ShareConfig => ({listen, url: url?.replace(/\/+$/u, '') ?? null}),
);

/** What becomes of alerts. */
export interface AlertConfig {
  /** Milliseconds until an unacknowledged critical alert is escalated; null disables escalation. */
  escalateAfterMs: number | null;
  /** Whether the console rings the terminal's bell. */
  bell: boolean;
  /** Language of notifications. */
  lang: Language;
}

export const DEFAULT_ALERTS: AlertConfig = {escalateAfterMs: 600_000, bell: true, lang: 'en'};
const SHORTEST_MS = 60_000;
const LONGEST_MS = 24 * 3_600_000;

const escalation = readBy(
  (value): Reading<number | null> => {
    if (value === 'off' || value === false) return good(null);
    const reading = readDuration(value);
    const isFit = reading.ok && reading.value >= SHORTEST_MS && reading.value <= LONGEST_MS;
    if (isFit || !reading.ok) return reading;
    return bad({message: 'this is too short or too long', allowed: 'off, or from 1m to 24h: 10m'});
  },
  {type: ['string', 'number', 'boolean'], form: 'off, or from 1m to 24h'},
);

/** `alerts:` — `{escalate: 10m, bell: on, lang: en}`. */
export const alerts = made(
  mapping(
    {
      escalate: may(escalation, 'Time until an unacknowledged critical alert is escalated.', '10m', '10m'),
      bell: may(onOff, "Whether the console rings the terminal's bell.", 'off', 'on'),
      lang: may(z.enum(['en', 'zh']), 'Language of notifications.', 'zh', 'en'),
    },
    {alsoCalled: {escalation: 'escalate', sound: 'bell', language: 'lang'}},
  ),
  ({escalate, bell, lang}): AlertConfig => ({
    escalateAfterMs: escalate === undefined ? DEFAULT_ALERTS.escalateAfterMs : escalate,
    bell: bell ?? DEFAULT_ALERTS.bell,
    lang: lang ?? DEFAULT_ALERTS.lang,
  }),
);
