import {plainText} from '../../text/plain-text.ts';
import {PEOPLE_FAULTS} from '../../analysis/people/faults.ts';
import type {Messages} from '../../console/messages/catalogue.ts';
import {clockwork, setPercent, UNKNOWN} from '../../text/format.ts';
import {troubleText} from '../../console/present/headlines/around.ts';
import {labelElsewhere, metricElsewhere} from '../../console/present/sides/elsewhere.ts';
import {OPEN} from '../../console/present/clean.ts';
import {textOf} from '../../console/present/line.ts';
import {notificationLine} from '../../console/present/notification-line.ts';
import {metricOf, written} from '../../console/present/sides/metric.ts';
import {alertText, reasonText} from '../../console/present/verdict/reason-text.ts';
import {authorOf} from '../../release/commit.ts';
import type {Alert} from '../../release/state.ts';
import stringWidth from 'string-width';
import type {Paint} from '../output/output.ts';
import type {MetricSnapshot} from '../../metrics/prometheus/snapshot.ts';
import {isToBeMended} from '../prometheus/address.ts';
import type {StatusDocument, StatusFault} from '../../monitor/status-document.ts';
import type {MetricState} from '../../monitor/status-metrics.ts';
import {dayAndTime, timeOfDay} from '../../console/present/moment.ts';

const TONES = {
  idle: 'dim',
  deploying: 'bold',
  rolling: 'bold',
  paused: 'yellow',
  promoting: 'bold',
  rolling_back: 'red',
  completed: 'green',
  rolled_back: 'red',
  failed: 'red',
} as const;

type ExternalRow = Pick<MetricSnapshot, 'name' | 'unit' | 'better'>;

const ALWAYS_SHOWN = new Set(['throughput', 'error_rate', 'response_time_p95']);

/** `status` for people: a headline, the two sides next to each other, what needs an operator. */
export function statusText(
  status: StatusDocument,
  {
    over,
    now,
    externals,
    alerts: open,
  }: {over: string | null; now: number; externals: readonly ExternalRow[]; alerts: readonly Alert[]},
  t: Messages,
  paint: Paint,
): string[] {
  return [
    headline(status, over, t, paint),
    ...(status.state === 'idle' ? [`  ${t.idle.headline(status.feature)}`] : [percents(status, t, now)]),
    ...barred(status, t, paint),
    ...table(status, externals, t, paint),
    ...verdict(status, t, paint),
    ...routers(status, t, paint),
    ...status.faults.map(fault => paint('yellow', `  ▲ ${faultWords(fault, t)}`)),
    ...steps(status, t, paint),
    ...alerts(status, open, t, paint),
    ...lastChange(status, t, paint),
  ];
}

/** A fault in the reader's language, where there are words for it. */
function faultWords({code, count, text}: StatusFault, {faults}: Messages): string {
  const known = PEOPLE_FAULTS.find(one => one === code);
  return known === undefined ? text : faults[known](count ?? 0);
}

function headline(
  {feature, version, state, release}: StatusDocument,
  over: string | null,
  t: Messages,
  paint: Paint,
): string {
  const than = over === null ? '' : ` ${t.over} ${plainText(over, 60)}`;
  const what = version === null ? '' : `  ${plainText(version, 60)}${than}`;
  const id = release === null ? '' : paint('dim', `  ${plainText(release, 64)}`);
  return `${paint('bold', feature)}${what}  ${paint(TONES[state], t.states[state])}${id}`;
}

/** The three percents, the phase, and how long it goes on; one line. */
function percents(status: StatusDocument, t: Messages, now: number): string {
  const {percent, phase, routers} = status;
  const known = (value: number | null, digits = 2) =>
    value === null ? UNKNOWN : setPercent(Number(value.toFixed(digits)));
  const parts = [
    ...(phase.name === null || phase.index === null || phase.of === null
      ? []
      : [`${t.phase(phase.index + 1, phase.of)} ${plainText(phase.name, 40)}`]),
    `${known(percent.set)} ${t.percents.set} · ${known(percent.applied)} ${t.percents.applied} · ` +
      `${known(percent.observed, 1)} ${t.percents.seen}`,
    routers.live === null || routers.live === 0
      ? t.lights.noRouters
      : `${t.lights.routers} ${routers.confirmed}/${routers.live}`,
    ...(phase.endsAt === null ? [] : [t.gate.opensIn(clockwork(phase.endsAt - now))]),
  ];
  return `  ${parts.join('   ')}`;
}

function table(
  {metrics, window, state}: StatusDocument,
  externals: readonly ExternalRow[],
  t: Messages,
  paint: Paint,
): string[] {
  if (state === 'idle') return [];
  const rows = metrics.filter(isWorthShowing).map(({name, source, prod, gray, limit, state}) => {
    const told = source !== 'samples' ? externals.find(external => external.name === name) : undefined;
    const metric = told === undefined ? metricOf(name) : metricElsewhere(told);
    const label = labelElsewhere(name, t) ?? plainText(name, 24);
    const word =
      source !== 'samples' && gray === null && isNumberState(state, t) ? t.numberStates[state] : null;
    const beyond =
      limit === null ? '' : state === 'over' ? `✖ ${written(metric, limit)}` : written(metric, limit);
    const cells = [label, written(metric, prod), word ?? written(metric, gray), beyond];
    return {cells, isOver: state === 'over'};
  });
  const head = [t.windowOf(window.seconds), t.sides.prod, t.sides.gray, ''];
  const widths = head.map((cell, column) =>
    Math.max(...[head, ...rows.map(({cells}) => cells)].map(cells => stringWidth(cells[column] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, column > 0)).join('  ')}`.trimEnd();
  return [
    paint('dim', line(head)),
    ...rows.map(({cells, isOver}) => (isOver ? paint('red', line(cells)) : line(cells))),
  ];
}

/** An unmeasured metric is left out, unless it has a fault or the plan uses it. */
function isWorthShowing({
  name,
  source,
  prod,
  gray,
  limit,
  state,
}: StatusDocument['metrics'][number]): boolean {
  if (prod !== null || gray !== null || ALWAYS_SHOWN.has(name)) return true;
  return source === 'prometheus' && (limit !== null || isToBeMended(state));
}

function isNumberState(state: MetricState, t: Messages): state is keyof Messages['numberStates'] {
  return Object.hasOwn(t.numberStates, state);
}

function pad(text: string, width: number, isRight: boolean): string {
  const fill = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return isRight ? fill + text : text + fill;
}

function verdict({verdict, guard, state}: StatusDocument, t: Messages, paint: Paint): string[] {
  const isOver = state === 'completed' || state === 'rolled_back';
  const isAgainst = verdict.action === 'rollback' || verdict.action === 'pause';
  // Of what is over only why it was stopped is of use.
  if (state === 'idle' || (isOver && !isAgainst)) return [];
  if (verdict.action === null)
    return [`  ${guard === null ? `${t.lights.noGuard}: ${t.judge.noGuardShort}` : t.judge.notYet(guard)}`];
  const tone = verdict.action === 'rollback' ? 'red' : verdict.action === 'pause' ? 'yellow' : 'bold';
  return [
    `  ${t.judge.title} ${paint(tone, t.actions[verdict.action])}${isOver ? '' : `  ${guard ?? t.verdict.acts.noGuard}`}`,
    ...verdict.reasons.map(reason => `    ${reasonText(reason, {t, clean: OPEN})}`),
  ];
}

/** Routers that are kept from doing what is set. */
function routers({routers: {troubles}}: StatusDocument, t: Messages, paint: Paint): string[] {
  return troubles.map(({name, trouble}) => paint('yellow', `  ▲ ${troubleText(t, name, trouble)}`));
}

function steps({steps: all}: StatusDocument, t: Messages, paint: Paint): string[] {
  return all
    .filter(({state}) => state === 'failed' || state === 'running' || state === 'pending')
    .map(({id, name, state, error, words}) => {
      const said = words === null ? '' : `  ${words}`;
      const line = `  ${state === 'failed' ? '✖' : state === 'running' ? '…' : '·'} ${t.steps[name]}  ${plainText(id, 64)}${said}`;
      return state === 'failed' ? paint('red', `${line}${error === null ? '' : `  ${error}`}`) : line;
    });
}

/** What keeps gray from users or from being raised: disabled, frozen, a raise that waits for a second person. */
function barred({disabled, frozen, approval}: StatusDocument, t: Messages, paint: Paint): string[] {
  const lines = [
    ...(disabled === null ? [] : [t.barred.disabled(disabled.why, authorOf(disabled), disabled.reason)]),
    ...(frozen === null ? [] : [t.barred.frozen(dayAndTime(frozen.until), frozen.reason, authorOf(frozen))]),
    ...(approval === null
      ? []
      : [
          t.barred.approval(
            t.wish(approval.wish, {user: id => plainText(id, 60)}),
            approval.askedBy,
            approval.approvers.map(authorOf).join(', '),
          ),
        ]),
  ];
  return lines.map(line => paint('yellow', `  ▲ ${line}`));
}

/** Who wrote last: the typed name, then the user that the store knows. */
function lastChange({change}: StatusDocument, t: Messages, paint: Paint): string[] {
  if (change === null) return [];
  const {version, id, at} = change;
  return [paint('dim', `  ${t.lastChange(version, id.slice(0, 12), authorOf(change), timeOfDay(at))}`)];
}

function alerts(
  {alerts: all, notices}: StatusDocument,
  known: readonly Alert[],
  t: Messages,
  paint: Paint,
): string[] {
  return all
    .filter(({resolvedAt, acknowledgedBy}) => resolvedAt === null && acknowledgedBy === null)
    .map(({id, level, message, raisedAt}) => {
      const says = alertText(known.find(one => one.id === id) ?? {message}, {t, clean: OPEN});
      const line = `  ${t.dialogs.levels[level].toUpperCase()}  ${says}  ${t.since(timeOfDay(raisedAt))}  ${plainText(id, 64)}`;
      const told = textOf(
        notificationLine(
          notices.findLast(notice => notice.alert === id),
          OPEN,
        ),
      );
      const whole = told === '' ? line : `${line}  ${told}`;
      return level === 'critical'
        ? paint('red', whole)
        : level === 'warning'
          ? paint('yellow', whole)
          : whole;
    });
}
