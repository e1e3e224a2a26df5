import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import {METRIC_NAMES} from '../../source/analysis/metrics.ts';
import {KEYMAP} from '../../source/console/keys/keymap.ts';
import {messagesOf} from '../../source/console/messages/catalogue.ts';

const en = messagesOf('en');
const zh = messagesOf('zh');

/** Paths of everything in a catalogue, with what it is. */
function shape(part: unknown, path = ''): string[] {
  if (typeof part !== 'object' || part === null) return [`${path}: ${typeof part}`];
  return Object.entries(part).flatMap(([key, value]) => shape(value, `${path}.${key}`));
}

function texts(part: unknown): string[] {
  if (typeof part === 'string') return [part];
  if (typeof part !== 'object' || part === null) return [];
  return Object.values(part).flatMap(value => texts(value));
}

describe('the catalogue', () => {
  it('says the same things in both languages', () => {
    expect(shape(zh).sort()).toEqual(shape(en).sort());
  });

  it('is really Chinese where it is Chinese', () => {
    const untranslated = texts(zh).filter(text => /[A-Za-z]{4}/u.test(text) && !/\p{Script=Han}/u.test(text));
    expect(untranslated).toEqual(['prometheus', 'graydeck doctor --repair-log']);
  });

  it.each(['en', 'zh'] as const)('names states, sides and metrics in few enough columns in %s', language => {
    const t = messagesOf(language);
    for (const state of Object.values(t.states)) expect(stringWidth(state)).toBeLessThanOrEqual(12);
    for (const name of METRIC_NAMES) expect(stringWidth(t.metrics[name])).toBeLessThanOrEqual(13);
    const {both, ...standings} = t.standings;
    for (const word of Object.values(standings)) expect(stringWidth(word)).toBeLessThanOrEqual(8);
    // It stands without a difference.
    expect(stringWidth(both)).toBeLessThanOrEqual(15);
  });

  it('has words for every key in both languages', () => {
    for (const {action} of KEYMAP) {
      expect(en.keys[action].long).not.toBe('');
      expect(zh.keys[action].long).not.toBe(en.keys[action].long);
    }
  });
});
