import type {Guardrail} from '../../../release/plan.ts';
import type {Release} from '../../../release/state.ts';
import {flow, say, type Line} from '../line.ts';
import type {ViewModel} from '../view-model.ts';
import type {Panel} from '../sides/sides.ts';

function guardrailPart(guardrail: Guardrail, {t, clean}: ViewModel): Line {
  return [
    say(clean.name(guardrail.when.text, 60)),
    say(` → ${t.thens[guardrail.then]}`, guardrail.then === 'rollback' ? 'strong' : 'quiet'),
  ];
}

/** The verdict panel before the first judgement: no guard is running, or the guard has not judged yet. */
export function unwatchedPanel(release: Release | null, scene: ViewModel, width: number): Panel {
  const {reading, t, clean} = scene;
  const {guard} = reading.snapshot.state;
  const hasGuard = guard !== null && !guard.left;
  const rows: Line[] = hasGuard
    ? [[say('… ', 'quiet'), say(t.judge.notYet(clean.who(guard.name)))]]
    : flow(
        [
          [say('○ ', 'quiet'), say(t.judge.noGuard)],
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
    title: [say(t.judge.title, 'title'), say(`  ${hasGuard ? t.judge.none : t.judge.noGuardShort}`, 'quiet')],
    note: [],
    isUrgent: false,
    tone: 'frame',
    rows,
  };
}
