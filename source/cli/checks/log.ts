import {plainText} from '../../analysis/plain-text.ts';
import type {Snapshot} from '../../controller/outcome.ts';
import {doubt, fine, wrong, type Finding} from './finding.ts';

const CHECK = 'log';

/** Whether every commit follows from the one before, and can be understood. Pure. */
export function checkLog({head, lastBreak, link, state}: Snapshot): Finding[] {
  if (link.state === 'away')
    return [wrong(CHECK, `it cannot be read: ${plainText(link.why, 160)}`, 'graydeck status')];
  const findings: Finding[] = [];
  if (lastBreak !== null) {
    const why = plainText(lastBreak.why, 160);
    findings.push(wrong(CHECK, `its chain does not hold: ${why}`, 'graydeck doctor --repair-log'));
  }
  if (state.unknownEvent !== null) {
    const event = plainText(state.unknownEvent, 80);
    const text = `it holds what this version does not know (${event}): nothing but a rollback can be written`;
    findings.push(wrong(CHECK, text, 'npm install --global graydeck@latest'));
  }
  if (findings.length > 0) return findings;
  if (head === null) return [doubt(CHECK, 'nothing was ever written', 'graydeck start VERSION')];
  return [fine(CHECK, `${head.version} commits, each follows from the one before`)];
}
