import {readDuration} from '../duration.ts';
import {oneOf} from '../yaml/leaf.ts';
import {bad, good, type Reading} from '../yaml/mistake.ts';
import {readBy, type Reader, type Spot} from '../yaml/reader.ts';

/** What becomes of alerts. */
export interface AlertConfig {
  /** A critical alert that nobody acknowledges is told again after this time, milliseconds; null: never. */
  escalateAfterMs: number | null;
  /** Whether the console rings the terminal's bell. */
  bell: boolean;
  /** In which language people are told. */
  lang: 'en' | 'zh';
}

export const DEFAULT_ALERTS: AlertConfig = {escalateAfterMs: 600_000, bell: true, lang: 'en'};
const SHORTEST_MS = 60_000;
const LONGEST_MS = 24 * 3_600_000;

const isOff = (value: unknown): boolean => value === 'off' || value === false;

const SHAPE = {
  escalate: readBy((value): Reading<number | null> => {
    if (isOff(value)) return good(null);
    const reading = readDuration(value);
    const isFit = reading.ok && reading.value >= SHORTEST_MS && reading.value <= LONGEST_MS;
    if (isFit || !reading.ok) return reading;
    return bad({message: 'this is too short or too long', allowed: 'off, or from 1m to 24h: 10m'});
  }),
  lang: oneOf(['en', 'zh']),
  bell: readBy((value): Reading<boolean> => {
    const isOn = value === 'on' || value === true;
    return isOn || isOff(value) ? good(isOn) : bad({message: 'a bell is on or off', allowed: 'on, off'});
  }),
};

/** `alerts:` — `{escalate: 10m, bell: on, lang: en}`. */
export function readAlerts(reader: Reader, spot: Spot): AlertConfig {
  const fields = reader.fields(spot, SHAPE, {escalation: 'escalate', sound: 'bell', language: 'lang'}) ?? {};
  return {
    escalateAfterMs: fields.escalate === undefined ? DEFAULT_ALERTS.escalateAfterMs : fields.escalate,
    bell: fields.bell ?? DEFAULT_ALERTS.bell,
    lang: fields.lang ?? DEFAULT_ALERTS.lang,
  };
}
