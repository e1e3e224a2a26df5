import {timeWords} from '../../analysis/judge/amounts.ts';
import {isEndless} from '../../analysis/judge/reasons.ts';
import {STREAM_AHEAD_MS, type StreamClocks} from '../../store/port.ts';
import {doubt, fine, wrong, type Finding} from './finding.ts';

const CHECK = 'clocks';
/** Clocks that are kept by NTP differ by less, milliseconds. */
const TOLERATED_MS = 2000;
const MEND = 'timedatectl set-ntp true, on the host that is wrong';

/**
 * How far clocks differ, milliseconds since 1970. Deadlines and phases go by the store's alone; a difference shows in the
 * ages that people read. A stream that is ahead of the store takes no samples, or places them in the future. Pure.
 */
export function checkClocks(here: number, store: number, clocks: StreamClocks): Finding[] {
  const difference = here - store;
  const findings: Finding[] = [];
  if (Math.abs(difference) > TOLERATED_MS) {
    const side = difference > 0 ? 'behind' : 'ahead of';
    findings.push(doubt(CHECK, `the store is ${timeWords(Math.abs(difference))} ${side} this host`, MEND));
  }
  for (const stream of ['samples', 'feedback'] as const) {
    const aheadMs = (clocks[stream] ?? store) - store;
    if (aheadMs <= STREAM_AHEAD_MS) continue;
    const why = isEndless(aheadMs)
      ? 'has reached the last id there is: nothing can be written'
      : `is ${timeWords(aheadMs)} ahead of the store's clock: a sender chooses ids of its own, or the clock went back`;
    findings.push(wrong(CHECK, `the stream of ${stream} ${why}`, 'graydeck doctor --repair-samples'));
  }
  return findings.length > 0 ? findings : [fine(CHECK, 'this host and the store agree')];
}
