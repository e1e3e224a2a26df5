import type {Phase} from '../../release/plan.ts';
import type {Release} from '../../release/state.ts';
import {clockwork, setPercent, UNKNOWN} from '../../text/format.ts';
import {join, say, spreadFirst, type Line, type Piece} from './line.ts';
import {STATE_MARKS} from './marks.ts';
import {routersAgainst} from './routers.ts';
import type {ViewModel} from './view-model.ts';
import {timeOfDay} from './moment.ts';

/** Requests are not users: gray's share of them may differ this much before it says anything. */
const OBSERVED_SLACK_POINTS = 2;
const OBSERVED_SLACK_SHARE = 0.3;
/** After a change of the split, requests that were under way still count for the old one. */
const SETTLING_MS = 10_000;

/** Whether gray's share of the requests contradicts the percentage that is set. */
export function observedDisagrees(set: number, observed: number | null, sinceChangeMs: number): boolean {
  if (observed === null || sinceChangeMs < SETTLING_MS) return false;
  return Math.abs(observed - set) > Math.max(OBSERVED_SLACK_POINTS, set * OBSERVED_SLACK_SHARE);
}

/** Set, applied and observed percent: always together, loud where they disagree. */
function threePercents(scene: ViewModel, isShort: boolean): Line {
  const {reading, t} = scene;
  const {split, state} = reading.snapshot;
  const set = split.live ? split.percent : 0;
  const {range: applied} = routersAgainst(reading);
  const appliedText =
    applied === null
      ? UNKNOWN
      : applied.low === applied.high
        ? setPercent(applied.low)
        : `${Number(applied.low.toFixed(2))}–${setPercent(applied.high)}`;
  const isApplied = applied === null || (applied.low === set && applied.high === set);
  const sinceMs = reading.at - (state.release?.splitChangedAt ?? 0);
  const isObserved = !observedDisagrees(set, reading.observed, sinceMs);
  const seenText = reading.observed === null ? UNKNOWN : `${reading.observed.toFixed(1)} %`;
  const loud = (text: string, agrees: boolean): Piece => (agrees ? say(text) : say(` ≠ ${text} `, 'caution'));
  const words = isShort ? {set: '', applied: '', seen: ''} : t.percents;
  const label = (number: string, word: string): string => (word === '' ? number : `${number} ${word}`);
  return join(
    [
      [say(label(setPercent(set), words.set), 'strong')],
      [loud(label(appliedText, words.applied), isApplied)],
      [loud(label(seenText, words.seen), isObserved)],
    ],
    say(' · ', 'quiet'),
  );
}

/** How long the phase has run of the time it asks for; only rolling time counts. */
export function phaseRanMs(release: Release, now: number): number {
  const {ranMs, since} = release.clock;
  return ranMs + (since === null ? 0 : Math.max(0, now - since));
}

function gate(release: Release, phase: Phase | undefined, {reading, t, clean}: ViewModel): Line {
  const now = reading.at;
  switch (release.state) {
    case 'rolling': {
      if (phase === undefined) return [];
      if (release.clock.held !== null) return [say(t.gate.held(clean.free(release.clock.held)), 'strong')];
      const isLast = release.phase + 1 >= release.plan.phases.length;
      if (phase.durationMs === null) return [say(isLast ? t.gate.last : t.gate.manual, 'quiet')];
      const leftMs = phase.durationMs - phaseRanMs(release, now);
      return [
        leftMs > 0
          ? say(t.gate.opensIn(clockwork(leftMs)))
          : say(isLast ? t.gate.last : t.gate.open, 'strong'),
      ];
    }
    case 'paused':
      return phase === undefined || phase.durationMs === null
        ? [say(t.gate.stands, 'quiet')]
        : [say(t.gate.standsAt(clockwork(phase.durationMs - phaseRanMs(release, now))), 'quiet')];
    case 'completed':
    case 'rolled_back':
      return release.endedAt === null
        ? []
        : [say(t.gate.ended(t.ago(Math.max(0, now - release.endedAt))), 'quiet')];
    case 'deploying':
    case 'promoting':
    case 'rolling_back':
    case 'failed':
      return [];
  }
}

/** The second row: the state in mark and word, where in the plan, and since when. */
export function stateLine(scene: ViewModel, width: number): Line {
  const {reading, t, clean} = scene;
  const {release} = reading.snapshot.state;
  const {mark, tone} = STATE_MARKS[release?.state ?? 'idle'];
  const word = t.states[release?.state ?? 'idle'];
  const badge: Line =
    tone === 'strong'
      ? [say(` ${mark} ${word}   `, tone)]
      : [say(' '), say(` ${mark} ${word} `, tone), say('  ')];
  if (release === null) return spreadFirst([[[...badge, say(t.idle.line, 'quiet')], []]], width);
  const isOver = release.state === 'completed';
  const phase = isOver ? undefined : release.plan.phases[release.phase];
  const of = {n: release.phase + 1, of: release.plan.phases.length};
  const name = phase === undefined ? '' : clean.name(phase.name, 24);
  const phaseFull: Line =
    phase === undefined ? [] : [say(t.phase(of.n, of.of), 'quiet'), say(` ${name}`, 'strong')];
  const phaseShort: Line =
    phase === undefined ? [] : [say(`${of.n}/${of.of}`, 'quiet'), say(` ${name}`, 'strong')];
  const since: Line =
    release.phaseEnteredAt === null || isOver
      ? []
      : [say(`  ${t.since(timeOfDay(release.phaseEnteredAt))}`, 'quiet')];
  const {rollback} = release;
  if (rollback !== null) {
    const from: Line = [
      say(t.rollback.from(setPercent(rollback.fromPercent)), 'strong'),
      say(`  ${clean.who(rollback.by)} ${timeOfDay(rollback.at)}`, 'quiet'),
    ];
    const ending = [...gate(release, phase, scene), say(' ')];
    return spreadFirst(
      [
        [[...badge, ...from, say('     '), ...threePercents(scene, false)], ending],
        [[...badge, ...from, say('  '), ...threePercents(scene, true)], ending],
        [[...badge, ...threePercents(scene, true)], ending],
        [[...badge, ...threePercents(scene, true)], []],
      ],
      width,
    );
  }
  const percents = (isShort: boolean): Line => (isOver ? [] : threePercents(scene, isShort));
  const ending = [...gate(release, phase, scene), say(' ')];
  return spreadFirst(
    [
      [[...badge, ...phaseFull, ...since, say('     '), ...percents(false)], ending],
      [[...badge, ...phaseFull, say('   '), ...percents(false)], ending],
      [[...badge, ...phaseShort, say('  '), ...percents(false)], ending],
      [[...badge, ...phaseShort, say('  '), ...percents(true)], ending],
      [[...badge, ...percents(true)], ending],
      [[...badge, ...percents(true)], []],
    ],
    width,
  );
}
