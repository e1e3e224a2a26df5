import type {Phase} from '../../release/plan.ts';
import type {Release} from '../../release/state.ts';
import {stepsOf} from '../../release/step.ts';
import type {Pending} from '../ui.ts';
import {clockwork, count, setPercent, threeDigits} from '../../text/format.ts';
import {LEVEL_MARKS} from './marks.ts';
import {timeOfDay} from './moment.ts';
import {alertText} from './verdict/reason-text.ts';
import {say, type Line, type Tone} from './line.ts';
import type {MetricRow} from './sides/metric-rows.ts';
import type {ViewModel} from './view-model.ts';
import {phaseRanMs} from './state-line.ts';

const LISTED_AT_MOST = 3;

/** What a dialog says before anything happens. */
export interface Question {
  title: string;
  tone: Tone;
  rows: Line[];
}

/** Before → after, who is affected, and what speaks against it: the words before a `y`. */
export function question(pending: Pending, scene: ViewModel, rows: readonly MetricRow[]): Question | null {
  const {t} = scene;
  if (pending.action === 'acknowledge') return acknowledgeQuestion(pending.alert, scene);
  const {release} = scene.reading.snapshot.state;
  if (release === null) return null;
  if (pending.action === 'rollback') return rollbackQuestion(release, scene);
  if (pending.action === 'raise') {
    return {
      title: t.dialogs.raiseTitle,
      tone: 'gray',
      rows: [
        [say(t.dialogs.change(setPercent(pending.from), setPercent(pending.to)), 'strong')],
        ...reach(pending.from, pending.to, release, release.phase, scene),
        ...against(rows, scene),
      ],
    };
  }
  return nextQuestion(pending, release, scene, rows);
}

/** The alert that would be acknowledged, which is out of sight; null: it is gone. */
function acknowledgeQuestion(id: string, {reading, t, clean}: ViewModel): Question | null {
  const alert = reading.snapshot.state.alerts.find(one => one.id === id);
  if (alert === undefined) return null;
  const {mark, tone} = LEVEL_MARKS[alert.level];
  return {
    title: t.dialogs.acknowledgeTitle,
    tone: 'strong',
    rows: [
      [say(`${mark} ${t.dialogs.levels[alert.level]}  `, tone), say(alertText(alert, {t, clean}), 'strong')],
      [say(t.dialogs.acknowledge(timeOfDay(alert.raisedAt), clean.who(alert.raisedBy)), 'quiet')],
    ],
  };
}

function nextQuestion(
  pending: Extract<Pending, {action: 'next'}>,
  release: Release,
  scene: ViewModel,
  rows: readonly MetricRow[],
): Question {
  const {t, clean} = scene;
  const {phases} = release.plan;
  const before = phases[pending.phase];
  const after = phases[pending.phase + 1];
  const to = Math.max(after?.percent ?? 0, pending.from);
  const leftMs =
    before?.durationMs === null || before === undefined
      ? 0
      : before.durationMs - phaseRanMs(release, scene.reading.at);
  const warning: Line[] =
    leftMs > 0 ? [[say('▲ ', 'warn'), say(t.dialogs.gateNotDue(clockwork(leftMs)))]] : [];
  return {
    title: t.dialogs.nextTitle,
    tone: 'gray',
    rows: [
      [
        say(
          t.dialogs.phaseChange(
            `${clean.name(before?.name ?? '')} ${setPercent(pending.from)}`,
            `${clean.name(after?.name ?? '')} ${setPercent(to)}`,
          ),
          'strong',
        ),
      ],
      ...reach(pending.from, to, release, pending.phase + 1, scene),
      ...hooksBetween(before, after, scene),
      ...warning,
      ...against(rows, scene),
    ],
  };
}

/** What is run on the way, before anybody more gets gray. */
function hooksBetween(left: Phase | undefined, entered: Phase | undefined, {t}: ViewModel): Line[] {
  const names = [
    ...(left?.confirm === undefined ? [] : [t.steps.confirm]),
    ...(left?.after === undefined ? [] : [t.steps.after]),
    ...(entered?.before === undefined ? [] : [t.steps.before]),
  ];
  return names.length === 0 ? [] : [[say(t.dialogs.nextFirst(names.join(' · ')), 'quiet')]];
}

function rollbackQuestion(release: Release, {t, clean, reading}: ViewModel): Question {
  const steps = stepsOf(
    'rollback',
    release.plan,
    reading.at,
    new Set(release.prodChanged ? [] : (['demote'] as const)),
  )
    .filter(({state, name}) => state !== 'skipped' && name !== 'traffic')
    .map(({name}) => t.steps[name]);
  const rows: Line[] = [
    [
      say(
        t.dialogs.rollback(clean.name(release.version), setPercent(reading.snapshot.split.percent)),
        'strong',
      ),
    ],
    [say(t.dialogs.rollbackWho)],
    [say(steps.length > 0 ? t.dialogs.rollbackThen(steps.join(' · ')) : t.dialogs.rollbackNoSteps, 'quiet')],
  ];
  const hasDemote = release.plan.hooks.demote !== undefined;
  if (release.prodChanged || (release.state === 'completed' && !hasDemote)) {
    rows.push([say('▲ ', 'warn'), say(t.dialogs.rollbackProdChanged(hasDemote))]);
  }
  if (release.next !== null)
    rows.push([say('▲ ', 'warn'), say(t.dialogs.rollbackQueued(clean.name(release.next.version)))]);
  return {title: t.dialogs.rollbackTitle, tone: 'bad', rows};
}

/** Who gets gray that had not: requests and users, estimated from what both sides see now. */
function reach(from: number, to: number, release: Release, phase: number, {reading, t}: ViewModel): Line[] {
  const audience = release.plan.phases[phase]?.audience ?? null;
  const lines: Line[] = [[say(audience === null ? t.dialogs.everyone : t.dialogs.limited, 'quiet')]];
  const prod = reading.prod.numbers;
  const gray = reading.gray.numbers;
  const perSecond = (prod.requestsPerSecond ?? 0) + (gray.requestsPerSecond ?? 0);
  const users = (prod.activeUsers ?? 0) + (gray.activeUsers ?? 0);
  if (perSecond <= 0) return [...lines, [say('▲ ', 'warn'), say(t.dialogs.unknownReach)]];
  // Inside an audience the share of all requests is not known; what gray gets now scales with the percent.
  const now = gray.requestsPerSecond ?? 0;
  const then = audience === null || from === 0 ? (perSecond * to) / 100 : (now * to) / from;
  lines.push([say(t.dialogs.moreRequests(`${threeDigits(now)} /s`, `${threeDigits(then)} /s`))]);
  if (users > 0 && audience === null)
    lines.push([say(t.dialogs.moreUsers(count((users * (to - from)) / 100)))]);
  return lines;
}

/** What speaks against going up, if anything does. */
function against(rows: readonly MetricRow[], {reading, t}: ViewModel): Line[] {
  const worse = rows.filter(row => row.compared.standing === 'worse');
  const {guard} = reading.snapshot.state;
  const lines: Line[] = [];
  if (worse.length > 0) {
    const list = worse
      .slice(0, LISTED_AT_MOST)
      .map(row => `${row.label} ${row.texts.gray}`)
      .join(', ');
    lines.push([say('✖ ', 'bad'), say(t.dialogs.standsOut(list), 'bad')]);
  }
  if (guard === null || guard.left) lines.push([say('○ ', 'quiet'), say(t.dialogs.noGuard, 'quiet')]);
  return lines;
}
