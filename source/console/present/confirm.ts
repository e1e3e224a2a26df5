import type {Phase} from '../../release/plan.ts';
import type {Release} from '../../release/state.ts';
import {stepsOf} from '../../release/step.ts';
import type {Pending} from '../ui.ts';
import {clockwork, setPercent} from '../../text/format.ts';
import {against, exposure} from './exposure.ts';
import {LEVEL_MARKS} from './marks.ts';
import {timeOfDay} from './moment.ts';
import {alertText} from './verdict/reason-text.ts';
import {say, type Line, type Tone} from './line.ts';
import type {MetricRow} from './sides/metric-rows.ts';
import type {ViewModel} from './view-model.ts';
import {phaseRanMs} from './state-line.ts';

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
  if (pending.action === 'approve') return approveQuestion(release, scene, rows);
  if (pending.action === 'raise') {
    return {
      title: t.dialogs.raiseTitle,
      tone: 'gray',
      rows: [
        [say(t.dialogs.change(setPercent(pending.from), setPercent(pending.to)), 'strong')],
        ...exposure({from: pending.from, to: pending.to, phase: release.phase}, release, scene),
        ...against(rows, release, scene),
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

/** What another person asked for, and what it exposes. */
function approveQuestion(release: Release, scene: ViewModel, rows: readonly MetricRow[]): Question | null {
  const {t, clean} = scene;
  const {approval, phase, percent, plan} = release;
  if (approval === null) return null;
  const {wish, askedBy, reason} = approval;
  const to =
    wish.type === 'set'
      ? wish.percent
      : wish.type === 'next'
        ? (plan.phases[phase + 1]?.percent ?? percent)
        : percent;
  const why = reason === null ? '' : `: "${clean.free(reason)}"`;
  return {
    title: t.dialogs.approveTitle,
    tone: 'gray',
    rows: [
      [say(t.wish(wish, {user: clean.user}), 'strong')],
      [say(`${t.dialogs.askedBy(clean.who(askedBy))}${why}`)],
      ...exposure({from: percent, to, phase: wish.type === 'next' ? phase + 1 : phase}, release, scene),
      ...against(rows, release, scene),
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
      ...exposure({from: pending.from, to, phase: pending.phase + 1}, release, scene),
      ...hooksBetween(before, after, scene),
      ...warning,
      ...against(rows, release, scene),
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
