import type {Event, UnknownEvent} from '../../release/event.ts';
import {currentRun} from '../../release/step.ts';
import type {Release, RunName, Step} from '../../release/state.ts';
import {clockwork, measured} from '../../text/format.ts';
import {causeRows} from './cause.ts';
import {flow, say, type Line, type Piece} from './line.ts';
import {STEP_MARKS} from './marks.ts';
import type {ViewModel} from './view-model.ts';
import type {Panel} from './sides/sides.ts';
import {reasonText} from './verdict/reason-text.ts';

const CONTACTS_AT_MOST = 6;

/** The run whose steps matter now: the one under way, the one that failed, or the one that ended the release. */
export function runToShow(release: Release): RunName | null {
  const current = currentRun(release);
  if (current !== null) return current;
  switch (release.state) {
    case 'rolled_back':
      return 'rollback';
    case 'completed':
      return 'promotion';
    case 'failed':
      return release.steps.findLast(step => step.state === 'failed')?.run ?? null;
    case 'rolling':
    case 'paused':
    case 'deploying':
    case 'promoting':
    case 'rolling_back':
      return null;
  }
}

function stepParts(step: Step, {reading, t}: ViewModel): Line {
  const {mark, tone} = STEP_MARKS[step.state];
  const name = t.steps[step.name];
  const pieces: Piece[] = [
    say(`${mark} `, tone),
    say(name, step.state === 'running' ? 'strong' : step.state === 'failed' ? 'bad' : 'plain'),
  ];
  if (step.state === 'running' && step.startedAt !== null) {
    pieces.push(say(` ${clockwork(reading.at - step.startedAt)}`, 'strong'));
  } else if (step.endedAt !== null && step.startedAt !== null) {
    // Traffic has moved when the last router said so; what it waits for after that is only counting.
    const took = step.facts.ms ?? step.endedAt - step.startedAt;
    pieces.push(say(` ${measured(took)}`, 'quiet'));
  }
  if (step.attempts > 1) pieces.push(say(` ${t.attempts(step.attempts)}`, 'quiet'));
  return pieces;
}

/** The steps of a run: what is done and how long it took, what runs, what failed and why. */
export function stepsPanel(release: Release, run: RunName, scene: ViewModel, width: number): Panel {
  const {t, clean} = scene;
  const steps = release.steps.filter(step => step.run === run);
  const due = steps.filter(step => step.state !== 'skipped');
  const done = due.filter(step => step.state === 'done').length;
  const failed = steps.filter(step => step.state === 'failed');
  const errors = failed.flatMap(({name, error}): Line[] =>
    error === null ? [] : [[say(`✖ ${t.labelled(t.steps[name])}`, 'bad'), say(clean.free(error))]],
  );
  const parts = due.map(step => stepParts(step, scene));
  const rows = [...errors, ...flow(parts, width)];
  if (run === 'rollback') {
    const why = whyRows(release, scene, width);
    // Once it is over, why it happened matters more than what was done.
    if (release.state === 'rolled_back') rows.unshift(...why);
    else rows.push(...why);
    rows.push(...contactRows(scene, width));
  }
  return {
    title: [say(t.runs[run], 'title')],
    note: [say(t.stepsDone(done, due.length), 'quiet')],
    isUrgent: true,
    urgentRows: run === 'rollback' || errors.length > 0 ? 2 : 1,
    tone: failed.length > 0 ? 'bad' : 'frame',
    rows,
  };
}

/** Why it was taken back: what the verdict said, or the words of the one who did it. */
function whyRows(release: Release, scene: ViewModel, width: number): Line[] {
  const {reading, t, clean} = scene;
  const {rollback} = release;
  if (rollback === null) return [];
  const known = causeRows(release, scene, width);
  if (known !== null) return known;
  const isVerdict = (event: Event | UnknownEvent): event is Extract<Event, {type: 'verdict-changed'}> =>
    event.type === 'verdict-changed';
  const judged = reading.commits.findLast(({events}) => events.some(isVerdict));
  const reasons = judged?.events.find(isVerdict)?.reasons ?? [];
  // The guard gives the words of its verdict as the reason; other words are an operator's own.
  const [first] = reasons;
  const isJudged = first !== undefined && rollback.reason?.startsWith(first.text) === true;
  const words = isJudged
    ? reasons.map(reason => reasonText(reason, scene))
    : rollback.reason === null
      ? []
      : [clean.free(rollback.reason)];
  return words.map(text => [say(`${t.verdict.because} `, 'quiet'), say(text, 'strong')]);
}

/** People to turn to: after a rollback the operator needs their names. */
function contactRows({reading, clean}: ViewModel, width: number): Line[] {
  const people = Object.entries(reading.contacts).slice(0, CONTACTS_AT_MOST);
  return flow(
    people.map(([name, how]) => [say(`${clean.name(name, 30)} `, 'quiet'), say(clean.free(how))]),
    width,
  );
}
