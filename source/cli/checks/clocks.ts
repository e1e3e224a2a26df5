import {timeWords} from '../../analysis/judge/amounts.ts';
import {doubt, fine, type Finding} from './finding.ts';

const CHECK = 'clocks';
/** Clocks that are kept by NTP differ by less, milliseconds. */
const TOLERATED_MS = 2000;
const MEND = 'timedatectl set-ntp true, on the host that is wrong';

/**
 * How far clocks differ, milliseconds since 1970. Deadlines and phases go by the store's alone; a difference shows in the
 * ages that people read. `aheadMs`: how far the newest sample lies in the store's future; null: it does not. Pure.
 */
export function checkClocks(here: number, store: number, aheadMs: number | null): Finding[] {
  const difference = here - store;
  const findings: Finding[] = [];
  if (Math.abs(difference) > TOLERATED_MS) {
    const side = difference > 0 ? 'behind' : 'ahead of';
    findings.push(doubt(CHECK, `the store is ${timeWords(Math.abs(difference))} ${side} this host`, MEND));
  }
  if (aheadMs !== null) {
    const text = `the newest sample lies ${timeWords(aheadMs)} in the store's future: its clock went back, or a sender names its own ids`;
    findings.push(doubt(CHECK, text, MEND));
  }
  return findings.length > 0 ? findings : [fine(CHECK, 'this host and the store agree')];
}
