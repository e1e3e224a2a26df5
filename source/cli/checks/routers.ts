import {plainText} from '../../analysis/plain-text.ts';
import {isSilent, type Report} from '../../audience/applied.ts';
import {doubt, fine, type Finding} from './finding.ts';

const CHECK = 'routers';
const NAMED_AT_MOST = 3;

/** Whether a router is connected. `now`: the store's clock, as in the reports. Pure. */
export function checkRouters(reports: readonly Report[], now: number): Finding[] {
  const live = reports.filter(report => !isSilent(report, now));
  const silent = reports.filter(report => isSilent(report, now));
  const findings: Finding[] = [];
  if (live.length === 0) {
    const remedy = 'start the application with graydeck/sdk, or: graydeck agent';
    findings.push(doubt(CHECK, 'no router is connected: a percentage moves no user', remedy));
  } else findings.push(fine(CHECK, `${live.length} routers are there`));
  if (silent.length > 0) {
    const names = silent.slice(0, NAMED_AT_MOST).map(({name}) => plainText(name, 40));
    const more = silent.length > NAMED_AT_MOST ? ', …' : '';
    findings.push(
      doubt(CHECK, `silent: ${names.join(', ')}${more}`, 'see whether these still run, and reach the store'),
    );
  }
  return findings;
}
