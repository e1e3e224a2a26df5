import {execa} from 'execa';
import {timeWords} from '../../text/amounts.ts';
import {isEndless} from '../../analysis/judge/reasons.ts';
import {plainText} from '../../text/plain-text.ts';
import {type Report, isSilent} from '../../audience/applied.ts';
import type {HookName, Plan} from '../../release/plan.ts';
import {type Lease, STREAM_AHEAD_MS, type StreamClocks} from '../../store/port.ts';
import {type Finding, doubt, fine, wrong} from './finding.ts';

/** Whether a guard judges the criteria and guardrails of the plan. Pure. */
export function checkGuard(lease: Lease | null, {guardrails, phases, evidence}: Plan): Finding[] {
  if (lease !== null) return [fine('guard', `${plainText(lease.holder, 80)} watches`)];
  const isWanted = guardrails.length > 0 || evidence !== null || phases.some(one => one.criteria.length > 0);
  if (!isWanted) return [];
  return [doubt('guard', 'no guard is running: no criterion is judged, no guardrail acts', 'graydeck guard')];
}

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
    findings.push(doubt('clocks', `the store is ${timeWords(Math.abs(difference))} ${side} this host`, MEND));
  }
  for (const stream of ['samples', 'feedback'] as const) {
    const aheadMs = (clocks[stream] ?? store) - store;
    if (aheadMs <= STREAM_AHEAD_MS) continue;
    const why = isEndless(aheadMs)
      ? 'has reached the last id there is: nothing can be written'
      : `is ${timeWords(aheadMs)} ahead of the store's clock: a sender chooses ids of its own, or the clock went back`;
    findings.push(wrong('clocks', `the stream of ${stream} ${why}`, 'graydeck doctor --repair-samples'));
  }
  return findings.length > 0 ? findings : [fine('clocks', 'this host and the store agree')];
}

const NAMED_AT_MOST = 3;

/** Whether a router is connected. `now`: the store's clock, as in the reports. Pure. */
export function checkRouters(reports: readonly Report[], now: number): Finding[] {
  const live = reports.filter(report => !isSilent(report, now));
  const silent = reports.filter(report => isSilent(report, now));
  const findings: Finding[] = [];
  if (live.length === 0) {
    const remedy = 'start the application with graydeck/sdk, or: graydeck agent';
    findings.push(doubt('routers', 'no router is connected: a percentage moves no user', remedy));
  } else findings.push(fine('routers', `${live.length} routers are there`));
  if (silent.length > 0) {
    const names = silent.slice(0, NAMED_AT_MOST).map(({name}) => plainText(name, 40));
    const more = silent.length > NAMED_AT_MOST ? ', …' : '';
    findings.push(
      doubt(
        'routers',
        `silent: ${names.join(', ')}${more}`,
        'see whether these still run, and reach the store',
      ),
    );
  }
  return findings;
}

const WITHIN_MS = 10_000;
const OUTPUT_AT_MOST = 65_536;

/**
 * Asks the commands that the configuration declares whether what a release needs is up: exit code 0 says yes. Words of an
 * argument array, read by no shell.
 */
export async function checkServices(
  services: Readonly<Record<string, readonly string[]>>,
): Promise<Finding[]> {
  return await Promise.all(Object.entries(services).map(([name, argv]) => ask(name, argv)));
}

async function ask(name: string, [program = '', ...words]: readonly string[]): Promise<Finding> {
  const command = plainText([program, ...words].join(' '), 120);
  const shown = plainText(name, 40);
  const {exitCode, timedOut, stderr, stdout, failed, shortMessage} = await execa(program, words, {
    reject: false,
    timeout: WITHIN_MS,
    maxBuffer: OUTPUT_AT_MOST,
    stdin: 'ignore',
    forceKillAfterDelay: 500,
  });
  if (!failed) return fine('services', `${shown} is up`);
  if (timedOut) return wrong('services', `${shown}: no answer within ${WITHIN_MS / 1000} s`, command);
  if (exitCode === undefined)
    return wrong('services', `${shown}: ${plainText(shortMessage ?? 'it cannot be run', 160)}`, command);
  const said = plainText((stderr.trim() === '' ? stdout : stderr).trim().split('\n').at(-1) ?? '', 160);
  return wrong(
    'services',
    `${shown} is not up (exit code ${exitCode})${said === '' ? '' : `: ${said}`}`,
    command,
  );
}

const CHECK = 'plan';

/** Hooks without the one that belongs to them, and what that means. */
const PAIRS: readonly {has: HookName; lacks: HookName; means: string}[] = [
  {
    has: 'promote',
    lacks: 'verify',
    means: 'prod is taken for healthy as soon as promote ends with 0',
  },
  {
    has: 'promote',
    lacks: 'demote',
    means: 'a rollback after promotion cannot bring the older version back to prod',
  },
  {has: 'deploy', lacks: 'stop', means: 'gray goes on running after a rollback'},
  {has: 'restore', lacks: 'backup', means: 'restore does not get a backup to restore'},
];

/** Parts that a complete plan probably lacks by mistake. Pure. */
export function checkPlan({hooks}: Pick<Plan, 'hooks'>): Finding[] {
  return PAIRS.filter(({has, lacks}) => hooks[has] !== undefined && hooks[lacks] === undefined).map(
    ({has, lacks, means}) =>
      doubt(
        CHECK,
        `there is a ${has} hook and no ${lacks} hook: ${means}`,
        `hooks: {${lacks}: [program, …]}`,
      ),
  );
}
