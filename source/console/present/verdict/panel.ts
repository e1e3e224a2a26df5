import type {Judgement} from '../../../analysis/judge/judge.ts';
import type {VerdictAction} from '../../../release/command.ts';
import type {Reason, Release, Verdict} from '../../../release/state.ts';
import {doubtsOfPhase, doubtWords} from '../headlines/doubts.ts';
import {clockwork} from '../../../text/format.ts';
import {flow, say, type Line} from '../line.ts';
import type {ViewModel} from '../view-model.ts';
import {isPending, worseSince} from '../../../monitor/settling.ts';
import {routersAgainst} from '../routers.ts';
import {isAway, type Panel} from '../sides/sides.ts';
import {criterionPart, limitPart} from './conditions.ts';
import {evidenceRows} from './evidence.ts';
import {reasonRows} from './reasons.ts';
import {rowLine, type Row} from './row.ts';
import {unwatchedPanel} from './unwatched.ts';
import {isBenign, outcomeOf, weighty} from './weighty.ts';
import {whoActs} from './who-acts.ts';
import {timeOfDay} from '../moment.ts';

/** A judgement that is older than this is not about now, milliseconds. */
const OLD_MS = 5000;

/** The verdict: what is judged now and why, what would turn it, and who acts on it; or that no guard judges. */
export function judgePanel(release: Release | null, scene: ViewModel, width: number): Panel {
  const {reading} = scene;
  const {judgement} = reading;
  const verdict = judgement?.verdict ?? loggedVerdict(release, scene);
  if (release !== null && judgement === null && reading.settlingMs !== null)
    return settlingPanel(reading.settlingMs, scene);
  if (release === null || verdict === null) return unwatchedPanel(release, scene, width);
  const reasons = reasonsNow(verdict, reading);
  const blocking = weighty(reasons, judgement);
  const benign = reasons.filter(isBenign);
  const blockingRows = blocking.flatMap(reason => reasonRows(reason, judgement, scene));
  const rowsOf = (some: readonly Reason[]): Row[] =>
    some.flatMap(reason => reasonRows(reason, judgement, scene));
  const lines = (rows: readonly Row[]): Line[] => rows.map(row => rowLine(row, width));
  const evidence = evidenceOf(judgement, reasons, scene);
  const waits = flow(
    rowsOf(benign).map(row => rowLine(row, width)),
    width,
  );
  const isEvidenceLoud = evidence.some(({mark}) => mark.tone !== 'quiet');
  const isCalm = blocking.length === 0 && !isEvidenceLoud;
  const isSettling = reading.settlingMs !== null && isCalm;
  // That time is left stands above already; what is done next, or by whom, comes first.
  const isWaitFirst = isCalm && benign.some(({code}) => code !== 'phase_time');
  const rows = [
    ...lines(blockingRows),
    ...(isWaitFirst ? waits : []),
    ...(isCalm ? [isSettling ? settlingRow(scene) : calmRow(evidence, scene, width)] : lines(evidence)),
    ...(isWaitFirst ? [] : waits),
    ...conditionRows(judgement, scene, width),
    ...startRow(scene),
    ...doubtRows(release, scene, width),
  ];
  const since = sinceOf(release, verdict, scene);
  const ageMs = reading.at - verdict.at;
  const isOld = judgement !== null && (ageMs > OLD_MS || isAway(reading));
  return {
    title: titleOf(verdict.action, blockingRows, scene, reading.settlingMs),
    note: isSettling ? [] : isOld ? [say(` ${scene.t.verdict.old(clockwork(ageMs))} `, 'caution')] : since,
    tone: verdict.action === 'rollback' ? 'bad' : 'frame',
    rows,
    isUrgent: true,
    urgentRows: blocking.length > 0 || isEvidenceLoud ? 2 : 1,
  };
}

/** What this phase cannot show, however long one looks at it. */
function doubtRows({plan}: Release, scene: ViewModel, width: number): Line[] {
  return doubtsOfPhase(scene.reading).map(doubt => {
    const text = doubtWords(doubt, plan, scene.t, scene.clean);
    return rowLine({mark: {mark: '▲', tone: 'quiet'}, parts: [[say(text, 'quiet')]]}, width);
  });
}

/** Without a guard: the command that starts one. */
function startRow({reading, t, clean}: ViewModel): Line[] {
  const {guard} = reading.snapshot.state;
  if (reading.isOwnGuard || (guard !== null && !guard.left)) return [];
  return [[say(t.verdict.acts.start(clean.name(reading.feature)), 'quiet')]];
}

/** Of a verdict that was not judged here: what the guard has written. */
function loggedVerdict(release: Release | null, {reading}: ViewModel): Verdict | null {
  const {guard} = reading.snapshot.state;
  return guard !== null && !guard.left ? (release?.verdict ?? null) : null;
}

/** Right after a change of the split what only waits for routers and windows is no reason yet. */
function reasonsNow({reasons}: Verdict, reading: ViewModel['reading']): readonly Reason[] {
  if (reading.settlingMs !== null) return reasons.filter(reason => !isPending(reason));
  // Reports that came after the judgement know more than it.
  const {behind, troubled, total} = routersAgainst(reading);
  const isApplied = total > 0 && behind.length === 0 && troubled.length === 0;
  return isApplied ? reasons.filter(({code}) => code !== 'not_applied') : reasons;
}

function titleOf(
  action: VerdictAction,
  rows: readonly Row[],
  scene: ViewModel,
  settlingMs: number | null,
): Line {
  const {t} = scene;
  if (settlingMs !== null && rows.length === 0) {
    const settling = say(`… ${t.verdict.settling(Math.floor(settlingMs / 1000))}`, 'strong');
    return [say(`${t.judge.title} `, 'title'), say(' '), settling, ...whoActs(action, scene)];
  }
  const isSick = rows.some(({mark}) => mark.tone === 'bad');
  const isBlocked = isSick || rows.some(({mark}) => mark.tone === 'warn');
  const badge = {
    rollback: say(` ✖ ${t.actions.rollback} `, 'alarm'),
    pause: say(` ▲ ${t.actions.pause} `, 'caution'),
    hold: isBlocked
      ? say(` ${isSick ? '✖' : '▲'} ${t.actions.hold} `, isSick ? 'alarm' : 'caution')
      : say(`… ${t.actions.hold}`, 'strong'),
    advance: say(`✔ ${t.actions.advance}`, 'good'),
  }[action];
  return [say(`${t.judge.title} `, 'title'), say(' '), badge, ...whoActs(action, scene)];
}

/**
 * Since when it has been so: where evidence stops a release, since the regression most probably began; else as the log
 * tells, or where no guard writes it, since evidence decided.
 */
function sinceOf(release: Release, {action, reasons}: Verdict, {reading, t}: ViewModel): Line {
  const {verdict} = release;
  const isStop = action === 'rollback' || action === 'pause';
  const metric = reasons.find(reason => reason.metric !== null)?.metric ?? '';
  const since = isStop ? worseSince(reading, metric) : null;
  if (since !== null) return [say(t.verdict.since(timeOfDay(since)), 'quiet')];
  const decidedAt = action === 'rollback' ? (reading.judgement?.evidence?.decidedAt ?? null) : null;
  const at = verdict?.action === action ? verdict.at : decidedAt === null ? null : decidedAt * 1000;
  return at === null ? [] : [say(t.verdict.since(timeOfDay(at)), 'quiet')];
}

/** Evidence has a row of its own, unless it is a reason and has one already. */
function evidenceOf(judgement: Judgement | null, reasons: readonly Reason[], scene: ViewModel): Row[] {
  const evidence = judgement?.evidence ?? null;
  const isTold = reasons.some(({code}) => code === 'evidence' || code === 'evidence_slow');
  return evidence === null || isTold ? [] : evidenceRows(evidence, scene);
}

/** Right after a change of the split, before its first judgement. */
function settlingPanel(settlingMs: number, scene: ViewModel): Panel {
  return {
    title: titleOf('hold', [], scene, settlingMs),
    note: [],
    tone: 'frame',
    rows: [settlingRow(scene)],
    isUrgent: true,
    urgentRows: 1,
  };
}

/** Nothing is wrong, and nothing is shown to be well yet. */
function settlingRow({t}: ViewModel): Line {
  return [say('… ', 'quiet'), say(t.verdict.settlingWhy, 'quiet')];
}

function calmRow(evidence: readonly Row[], {t}: ViewModel, width: number): Line {
  const well: Line = [say(t.verdict.allWell)];
  return rowLine(
    {mark: {mark: '✔', tone: 'good'}, parts: [well, ...evidence.flatMap(({parts}) => parts)]},
    width,
  );
}

/** The criteria of the phase, each with its outcome, then the limits: those that no reason tells already. */
function conditionRows(judgement: Judgement | null, scene: ViewModel, width: number): Line[] {
  if (judgement === null) return [];
  const {verdict: t} = scene.t;
  const {release} = scene.reading.snapshot.state;
  const isLast = release !== null && release.phase + 1 >= release.plan.phases.length;
  const told = new Set(judgement.verdict.reasons.flatMap(reason => outcomeOf(reason, judgement) ?? []));
  const rows: Line[] = [];
  const put = (label: string, parts: readonly Line[]): void => {
    if (parts.length > 0) rows.push(...flow([[say(label, 'quiet')], ...parts], width));
  };
  const criteria = judgement.criteria.filter(({outcome}) => !told.has(outcome));
  put(
    isLast ? t.lastCriteria : t.criteria,
    criteria.map(reading => criterionPart(reading, scene)),
  );
  const limits = judgement.guardrails.filter(({outcome}) => !told.has(outcome));
  put(
    t.limits,
    limits.map(reading => limitPart(reading, scene)),
  );
  return rows;
}
