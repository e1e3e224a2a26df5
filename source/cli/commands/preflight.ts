import {plainText} from '../../text/plain-text.ts';
import type {Traffic} from '../../analysis/power.ts';
import type {Plan} from '../../release/plan.ts';
import {startOf} from '../../release/well-formed.ts';
import type {Call} from '../call.ts';
import {type Finding, inTime, wrong} from '../checks/finding.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import type {Session} from '../session/session.ts';
import {askDone} from './ask.ts';
import {nearest, quote} from '../../text/quote.ts';

/** Error rate of prod where none is given: one request in a hundred. */
const ERROR_RATE = 0.01;
const SHAPE = /^\s*(\d+(?:\.\d+)?)\s*\/\s*s\s*(?:,\s*(\d+(?:\.\d+)?)\s*%\s*)?$/u;

/** Traffic as it is typed: `200/s`, `200/s,0.5%`. @throws Failure exit code 2 */
export function readTraffic(text: string): Traffic {
  const read = SHAPE.exec(text);
  const requestsPerSecond = Number(read?.[1]);
  const errorRate = read?.[2] === undefined ? ERROR_RATE : Number(read[2]) / 100;
  if (read === null || !(requestsPerSecond > 0 && requestsPerSecond <= 1e9) || errorRate >= 1)
    throw usage('--traffic is no rate of requests', '--traffic 200/s, or 200/s,0.5%', 'bad-traffic');
  return {requestsPerSecond, errorRate};
}

/** What was found before a start, and what the log is to say of it. */
export interface Preflight {
  findings: Finding[];
  /** For the reason of the start; null: nothing. */
  note: string | null;
}

/**
 * Looks whether a release of this plan may start: store, Prometheus, hooks, routers, guard, doubts about the plan, and
 * each item of its checklist. What is found is told; what is wrong keeps the release from starting unless that was asked
 * for, and then the log says what was passed over. A dry run asks nothing and goes on.
 * @throws Failure exit code 2 for an item that is not on the list, 3 where something is wrong.
 */
export async function preflight(call: Call, session: Session, plan: Plan): Promise<Preflight> {
  const {flags} = call;
  checkItems(flags.checked, plan.checklist);
  const [found, open] = await Promise.all([look(session, plan), openItems(call, plan)]);
  const findings = [...found, ...open.map(itemFinding)];
  const bad = findings.filter(({level}) => level === 'wrong');
  const isStopped = bad.length > 0 && !flags.skipPreflight && !flags.dryRun;
  // Without a question, doubts are printed with the outcome: a command that fails has more important things to say.
  if (isStopped || !flags.yes) printFindings(call, findings);
  if (isStopped) throw stopped(bad, findings);
  return {findings, note: noteOf(plan, open, flags.skipPreflight ? bad : [])};
}

/** All that is not as it should be, a line each, for people. */
export function printFindings({out}: Call, findings: readonly Finding[]): void {
  for (const {level, check, text, remedy} of findings) {
    if (level === 'fine' || out.isJson) continue;
    out.say(`  ${level === 'wrong' ? '✖' : '▲'} ${check}: ${text}${remedy === '' ? '' : ` → ${remedy}`}`);
  }
}

async function look({store, feature, local, controller, settings}: Session, plan: Plan): Promise<Finding[]> {
  const [{checkStore}, {checkPrometheus}, {checkHooks}, {checkRouters}, {checkGuard}, {checkPlan}] =
    await Promise.all([
      import('../checks/store.ts'),
      import('../checks/prometheus.ts'),
      import('../checks/hooks.ts'),
      import('../checks/running.ts'),
      import('../checks/running.ts'),
      import('../checks/running.ts'),
    ]);
  const parts = await Promise.all([
    inTime('prometheus', checkPrometheus(settings, plan)),
    // Behind a server neither its store nor the host of the hooks is this one's.
    ...(local === null
      ? []
      : [inTime('store', checkStore(store, settings.store)), inTime('hooks', checkHooks(plan))]),
    inTime(
      'routers',
      feature.routers.list().then(reports => checkRouters(reports, controller.now())),
    ),
    inTime(
      'guard',
      feature.lease.read().then(lease => checkGuard(lease, plan)),
    ),
  ]);
  return [...parts.flat(), ...checkPlan(plan)];
}

/** @throws Failure exit code 2 */
function checkItems(checked: readonly string[], checklist: readonly string[]): void {
  const stranger = checked.find(item => !checklist.some(other => isSame(item, other)));
  if (stranger === undefined) return;
  const near = nearest(stranger, checklist);
  throw usage(
    `the checklist has no item ${quote(stranger)}`,
    near === null
      ? checklist.length === 0
        ? 'the plan has no checklist: leave out --checked'
        : `--checked ${quote(checklist[0] ?? '')}`
      : `did you mean --checked ${quote(near)}?`,
    'bad-item',
  );
}

/** Items that are not confirmed as done. At a terminal the operator is asked for each. */
async function openItems(call: Call, {checklist}: Plan): Promise<string[]> {
  const {flags} = call;
  const open = checklist.filter(item => !flags.checked.some(done => isSame(done, item)));
  if (flags.yes || flags.dryRun || flags.skipPreflight) return open;
  const left: string[] = [];
  for (const item of open) if (!(await askDone(call, plainText(item, 200)))) left.push(item);
  return left;
}

function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function itemFinding(item: string): Finding {
  return wrong('checklist', `not confirmed as done: ${plainText(item, 200)}`, `--checked ${quote(item)}`);
}

function stopped(bad: readonly Finding[], findings: readonly Finding[]): Failure {
  const [first] = bad;
  const more = bad.length === 1 ? '' : ` (and ${bad.length - 1} more)`;
  return new Failure(
    EXIT.refused,
    'preflight',
    `it does not start like this: ${first?.check ?? ''}: ${first?.text ?? ''}${more}`,
    first?.remedy ?? '',
    {facts: {findings}},
  );
}

/** Note for the log: the items confirmed by the operator, and the findings passed over. */
function noteOf({checklist}: Plan, open: readonly string[], passedOver: readonly Finding[]): string | null {
  const done = checklist.filter(item => !open.includes(item));
  const notes = [
    ...(done.length === 0 ? [] : [`checked: ${done.join(', ')}`]),
    ...(passedOver.length === 0
      ? []
      : [`preflight skipped: ${passedOver.map(({check, text}) => `${check}: ${text}`).join('; ')}`]),
  ];
  return notes.length === 0 ? null : startOf(notes.join('; '), 1000);
}
