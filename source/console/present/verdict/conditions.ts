import type {CriterionReading} from '../../../analysis/judge/criteria.ts';
import type {GuardrailReading} from '../../../analysis/judge/guardrails.ts';
import type {Outcome} from '../../../analysis/judge/outcome.ts';
import {clockwork, count} from '../../../text/format.ts';
import {say, type Line, type Piece, type Tone} from '../line.ts';
import type {Mark} from '../marks.ts';
import type {ViewModel} from '../view-model.ts';
import {judgedLabel, quantity, valueAndLimit} from './quantity.ts';

/** What came of a condition where it is well that it holds. */
const CRITERION_MARKS = {
  holds: {mark: '✔', tone: 'good'},
  fails: {mark: '✖', tone: 'warn'},
  undecided: {mark: '…', tone: 'quiet'},
  'cannot-measure': {mark: '?', tone: 'warn'},
  'not-applicable': {mark: '–', tone: 'quiet'},
} as const satisfies Record<Outcome['kind'], Mark>;

/** Why there is no answer, in a few words; null where there is one. */
export function whyOpen(outcome: Outcome, scene: ViewModel): string | null {
  const [first, ...more] = whyParts(outcome, scene);
  return first === undefined ? null : [first, ...more.slice(0, 1)].join(', ');
}

/** The same in parts, the weightiest first: when there will be one comes before how much there is. */
export function whyParts(outcome: Outcome, scene: ViewModel): string[] {
  const {verdict: t} = scene.t;
  switch (outcome.kind) {
    case 'holds':
    case 'fails':
      return [];
    case 'undecided':
      return undecidedParts(outcome, scene);
    case 'cannot-measure':
      return [t.unmeasured(outcome.why)];
    case 'not-applicable':
      return [t.notApplicable(outcome.why)];
  }
}

function undecidedParts(outcome: Extract<Outcome, {kind: 'undecided'}>, scene: ViewModel): string[] {
  const {verdict: t} = scene.t;
  const {why, forecastMs} = outcome;
  switch (why) {
    case 'prod-zero':
      return [t.prodZero];
    case 'not-shown':
      return forecastMs === null
        ? [t.neverShown]
        : [t.shownAfter(scene.t.age(forecastMs)), t.atThisTraffic, t.notShown];
    case 'within-chance':
      return [t.withinChance];
    case 'few-requests':
    case 'few-prod-requests': {
      const [have, need] = [count(outcome.have), count(outcome.need ?? 0)];
      const few =
        outcome.source === 'feedback'
          ? t.fewAnswers(have, need)
          : t.fewRequests(have, need, why === 'few-prod-requests');
      return forecastMs === null
        ? [t.needsMore(null), few]
        : [t.needsMore(scene.t.age(forecastMs)), few, t.atThisTraffic];
    }
  }
}

/** A criterion in a few words: `✔ error rate 0.41 % < 0.5 %`. Dry runs are named as such. */
export function criterionPart({criterion, outcome}: CriterionReading, scene: ViewModel): Line {
  const {verdict: t} = scene.t;
  const {mark, tone} = CRITERION_MARKS[outcome.kind];
  const label = judgedLabel(outcome, scene);
  const {value, limit} = valueAndLimit(outcome, scene);
  const open = whyOpen(outcome, scene);
  const isQuiet = outcome.kind === 'holds' || criterion.dryRun;
  const words: Tone = isQuiet ? 'quiet' : 'plain';
  const pieces: Piece[] = [say(`${mark} `, criterion.dryRun ? 'quiet' : tone)];
  const shown =
    outcome.kind === 'undecided' && outcome.why === 'not-shown' ? `${label} ${value ?? ''}` : label;
  if (open !== null) pieces.push(say(`${scene.t.labelled(`${shown} ${limit}`)}${open}`, words));
  else if (outcome.kind === 'holds') pieces.push(say(`${label} ${value ?? ''} ${limit}`, words));
  else pieces.push(say(`${label} ${value ?? ''}, ${t.wanted(limit)}`, words));
  if (criterion.dryRun) pieces.push(say(` (${t.dryRun})`, 'quiet'));
  return pieces;
}

/** A guardrail that does not hold, in a few quiet words; one that only alerts says when it does. */
export function limitPart({guardrail, outcome, isOn}: GuardrailReading, scene: ViewModel): Line {
  const label = judgedLabel(outcome, scene);
  const {value, limit} = valueAndLimit(outcome, scene);
  const open = whyOpen(outcome, scene);
  const then = scene.t.thens[guardrail.then];
  if (outcome.kind === 'holds') {
    const mark = guardrail.then === 'advance' ? '✔' : '▲';
    const tone: Tone = guardrail.then === 'advance' ? 'good' : 'warn';
    return [say(`${mark} `, tone), say(`${label} ${value ?? ''} ${limit} → ${then}${isOn ? '' : ' …'}`)];
  }
  if (open !== null) {
    const mark = CRITERION_MARKS[outcome.kind];
    const text = `${scene.t.labelled(`${label} ${limit}`)}${open}`;
    return [say(`${mark.mark} `, 'quiet'), say(text, 'quiet')];
  }
  return [
    say(guardrail.then === 'advance' ? '· ' : '✔ ', 'quiet'),
    say(`${label} ${value ?? ''}`, 'quiet'),
    say(` (${limit} → ${then})`, 'quiet'),
  ];
}

/** What a value is made of: `1 204 requests over 5:00`. */
export function madeOf(
  {samples, windowSeconds}: Pick<Outcome, 'samples' | 'windowSeconds'>,
  {t}: ViewModel,
): string {
  const window = t.windowOf(windowSeconds);
  return samples === null ? window : `${t.requests(count(samples))} ${window}`;
}

/** Prod's value beside gray's; empty where it is not known, or says nothing beside an improvement. */
export function prodPart({prod, unit, improvement}: Outcome, {t}: ViewModel): Line {
  return prod === null || improvement ? [] : [say(t.verdict.prodHas(quantity(prod, unit, t)), 'quiet')];
}

/** For how long it has held, of what it takes. */
export function heldWords(heldMs: number, forMs: number, {t}: ViewModel): string {
  return t.verdict.held(clockwork(Math.min(heldMs, forMs)), clockwork(forMs));
}
