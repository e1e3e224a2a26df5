import type {Guardrail} from '../../release/plan.ts';
import type {Reason, Release} from '../../release/state.ts';
import {count} from './format.ts';
import {flow, say, type Line, type Piece, type Tone} from './line.ts';
import {VERDICT_MARKS, type Mark} from './marks.ts';
import type {Scene} from './screen.ts';
import type {Panel} from './sides.ts';

const ACTION_TONES = {
  advance: 'good',
  hold: 'strong',
  pause: 'caution',
  rollback: 'alarm',
} as const satisfies Record<string, Tone>;

function guardrailPart(guardrail: Guardrail, {t, clean}: Scene): Line {
  return [
    say(clean.name(guardrail.when.text, 60)),
    say(` → ${t.thens[guardrail.then]}`, guardrail.then === 'rollback' ? 'strong' : 'quiet'),
  ];
}

function reasonLine(reason: Reason, {mark, tone}: Mark, {t, clean}: Scene): Line {
  const pieces: Piece[] = [say(`${mark} `, tone), say(clean.free(reason.text))];
  if (reason.samples !== null) pieces.push(say(`   ${t.requests(count(reason.samples))}`, 'quiet'));
  if (reason.windowSeconds !== null) pieces.push(say(`   ${t.windowOf(reason.windowSeconds)}`, 'quiet'));
  return pieces;
}

/** The verdict of the guard, or plainly that nobody judges: this screen compares, it does not decide. */
export function judgePanel(release: Release | null, scene: Scene, width: number): Panel {
  const {reading, t, clean} = scene;
  const {guard} = reading.snapshot.state;
  const hasGuard = guard !== null && !guard.left;
  const verdict = release?.verdict ?? null;
  if (hasGuard && verdict !== null) {
    const tone = ACTION_TONES[verdict.action];
    return {
      title: [say(`${t.judge.title} `, 'title'), say(` ${t.actions[verdict.action]} `, tone)],
      note: [say(t.ago(reading.at - verdict.at), 'quiet')],
      isUrgent: true,
      tone: verdict.action === 'rollback' ? 'bad' : 'frame',
      rows: verdict.reasons.map(reason => reasonLine(reason, VERDICT_MARKS[verdict.action], scene)),
    };
  }
  const rows: Line[] = hasGuard
    ? [[say('… ', 'quiet'), say(t.judge.notYet(clean.who(guard.name)))]]
    : flow(
        [
          [say('○ ', 'quiet'), say(t.judge.nobody)],
          [say(t.judge.startOne(clean.name(reading.feature)), 'quiet')],
        ],
        width,
      );
  const guardrails = release?.plan.guardrails ?? [];
  if (guardrails.length > 0) {
    const parts = guardrails.map(guardrail => guardrailPart(guardrail, scene));
    rows.push(...flow([[say(hasGuard ? t.judge.limits : t.judge.unwatched, 'quiet')], ...parts], width));
  }
  return {
    title: [say(t.judge.title, 'title'), say(`  ${hasGuard ? t.judge.none : t.judge.nobodyShort}`, 'quiet')],
    note: [],
    isUrgent: false,
    tone: 'frame',
    rows,
  };
}
