import type {Judgement} from '../../../analysis/judge/judge.ts';
import type {GuardrailReading} from '../../../analysis/judge/guardrails.ts';
import {criterionReason, guardrailReason, type ReasonCode} from '../../../analysis/judge/reasons.ts';
import type {Reason} from '../../../release/state.ts';
import {clockwork, count, setPercent} from '../../../text/format.ts';
import {say, type Line, type Tone} from '../line.ts';
import type {Mark} from '../marks.ts';
import type {ViewModel} from '../view-model.ts';
import {bar} from './bar.ts';
import {heldWords, madeOf, prodPart, whyOpen, whyParts} from './conditions.ts';
import {evidenceRows} from './evidence.ts';
import {judgedLabel, quantity, valueAndLimit} from './quantity.ts';
import {reasonText} from './reason-text.ts';
import type {Row} from './row.ts';
import {isBenign} from './weighty.ts';

const BAD: Mark = {mark: '✖', tone: 'bad'};
const WARN: Mark = {mark: '▲', tone: 'warn'};
const WAITS: Mark = {mark: '…', tone: 'quiet'};
const UNKNOWN_HOW: Mark = {mark: '?', tone: 'warn'};
const HELD_BAR = 10;

/** Codes that speak against gray for good. */
const SICK: ReadonlySet<string> = new Set<ReasonCode>([
  'guardrail',
  'evidence',
  'evidence_slow',
  'both_sides',
]);

/** A reason of the verdict as rows, with all that the judgement knows of it. */
export function reasonRows(reason: Reason, judgement: Judgement | null, scene: ViewModel): Row[] {
  const evidence = reason.code.startsWith('evidence') ? (judgement?.evidence ?? null) : null;
  return evidence === null ? [reasonRow(reason, judgement, scene)] : evidenceRows(evidence, scene);
}

function reasonRow(reason: Reason, judgement: Judgement | null, scene: ViewModel): Row {
  const code = reason.code as ReasonCode;
  const {guardrails = [], criteria = []} = judgement ?? {};
  switch (code) {
    case 'guardrail':
    case 'guardrail_holds':
    case 'guardrail_overruled':
    case 'guardrail_undecided':
    case 'guardrail_unmeasured': {
      // The judge wrote the reason from this very reading.
      const found = guardrails.find(reading => guardrailReason(code, reading).text === reason.text);
      return found === undefined ? loggedRow(reason, scene) : guardrailRow(found, code, scene);
    }
    case 'both_sides': {
      const found = guardrails.find(({isOn, isProdSickToo}) => isOn && isProdSickToo);
      return found === undefined ? loggedRow(reason, scene) : bothSidesRow(found, scene);
    }
    case 'evidence':
    case 'evidence_slow':
      return loggedRow(reason, scene);
    case 'criterion_fails':
    case 'criterion_undecided':
    case 'criterion_unmeasured': {
      const found = criteria.find(reading => criterionReason(reading).text === reason.text);
      return found === undefined ? loggedRow(reason, scene) : criterionRow(found.outcome, scene);
    }
    default:
      return plainRow(reason, code, judgement, scene);
  }
}

function guardrailRow(reading: GuardrailReading, code: ReasonCode, scene: ViewModel): Row {
  const {guardrail, outcome, heldMs} = reading;
  const {t} = scene;
  const label = judgedLabel(outcome, scene);
  const {value, limit} = valueAndLimit(outcome, scene);
  const then: Line = [say(`→ ${t.thens[guardrail.then]}`, 'strong')];
  const open = whyOpen(outcome, scene);
  if (open !== null) {
    const isBlind = code === 'guardrail_unmeasured';
    const what = isBlind
      ? `${t.labelled(`${label} ${limit} ${t.verdict.cannotMeasure}`)}${open}`
      : `${t.labelled(`${label} ${limit}`)}${open}`;
    return {
      mark: isBlind ? UNKNOWN_HOW : WAITS,
      parts: [[say(what, isBlind ? 'strong' : 'plain')], then, ...age(outcome.ageMs, scene)],
    };
  }
  const isFiring = code === 'guardrail';
  const tone: Tone = isFiring ? 'bad' : 'warn';
  const held: Line =
    guardrail.forMs === 0 || heldMs === null
      ? []
      : [
          ...bar(heldMs / guardrail.forMs, HELD_BAR, tone),
          say(` ${heldWords(heldMs, guardrail.forMs, scene)}`, 'strong'),
        ];
  return {
    mark: isFiring ? BAD : WARN,
    parts: [
      [say(`${t.sides.gray} ${label} ${value ?? ''} ${limit}`, isFiring ? 'bad' : 'strong')],
      code === 'guardrail_overruled' ? [say(t.verdict.overruled, 'strong')] : [],
      held,
      then,
      prodPart(outcome, scene),
      [say(madeOf(outcome, scene), 'quiet')],
      passesPart(outcome, true, scene),
    ],
  };
}

function bothSidesRow({outcome}: GuardrailReading, scene: ViewModel): Row {
  const {t} = scene;
  const {value, limit} = valueAndLimit(outcome, scene);
  const prod = outcome.prod === null ? '' : `, ${t.verdict.prodHas(quantity(outcome.prod, outcome.unit, t))}`;
  return {
    mark: BAD,
    parts: [
      [
        say(
          `${t.labelled(`${t.verdict.bothSides} ${judgedLabel(outcome, scene)} ${limit}`)}${t.sides.gray} ${value ?? ''}${prod}`,
          'bad',
        ),
      ],
      [say(t.verdict.wouldNotHelp, 'strong')],
      [say(madeOf(outcome, scene), 'quiet')],
    ],
  };
}

function criterionRow(outcome: Judgement['criteria'][number]['outcome'], scene: ViewModel): Row {
  const label = judgedLabel(outcome, scene);
  const {value, limit} = valueAndLimit(outcome, scene);
  const open = whyOpen(outcome, scene);
  const {verdict: t} = scene.t;
  if (open !== null)
    return {
      mark: outcome.kind === 'cannot-measure' ? UNKNOWN_HOW : WAITS,
      parts: [
        [say(`${t.criteria} ${label} ${limit}`)],
        ...whyParts(outcome, scene).map((part, index): Line => [say(part, index === 0 ? 'strong' : 'quiet')]),
      ],
    };
  return {
    mark: WARN,
    parts: [
      [say(`${t.criteria} ${label} ${limit}, `), say(`${scene.t.sides.gray} ${value ?? ''}`, 'strong')],
      prodPart(outcome, scene),
      [say(madeOf(outcome, scene), 'quiet')],
    ],
  };
}

/** What would turn it. */
function passesPart(
  {op, threshold, value, unit}: Judgement['criteria'][number]['outcome'],
  isBad: boolean,
  {t}: ViewModel,
): Line {
  if (threshold === null || value === null) return [];
  const turned = ({'<': '>=', '<=': '>', '>': '<=', '>=': '<'} as const)[op];
  return [say(t.verdict.passes(isBad ? turned : op, quantity(threshold, unit, t)), 'quiet')];
}

function age(ageMs: number | null, {t}: ViewModel): Line[] {
  return ageMs === null ? [] : [[say(t.ago(ageMs), 'quiet')]];
}

function plainRow(reason: Reason, code: ReasonCode, judgement: Judgement | null, scene: ViewModel): Row {
  const {t, reading, clean} = scene;
  const {verdict: words} = t;
  const {release} = reading.snapshot.state;
  const phase = release?.plan.phases[release.phase];
  const name = phase === undefined ? '' : clean.name(phase.name, 24);
  const {value, threshold} = reason;
  switch (code) {
    case 'sample_ratio':
      return ratioRow(reason, judgement, t);
    case 'no_data':
    case 'no_prod_data': {
      const side = code === 'no_data' ? 'gray' : 'prod';
      const silent = value === null ? null : clockwork(value * 1000);
      return {mark: WARN, parts: [[say(words.noData(side, silent), 'strong')]]};
    }
    case 'not_applied': {
      const seen = value === null ? null : setPercent(value);
      return {mark: WARN, parts: [[say(words.notApplied(seen, setPercent(threshold ?? 0)), 'strong')]]};
    }
    case 'phase_time': {
      const [ran, of] = [(value ?? 0) * 1000, (threshold ?? 0) * 1000];
      return {mark: WAITS, parts: [[say(words.phaseTime(name, clockwork(of - ran), clockwork(of)))]]};
    }
    case 'phase_served': {
      const criteria = (judgement?.criteria ?? []).filter(({criterion}) => !criterion.dryRun).length;
      const next = release?.plan.phases[(release?.phase ?? 0) + 1];
      const goesOn =
        next === undefined
          ? words.completes
          : words.goesOn(clean.name(next.name, 24), setPercent(next.percent));
      return {
        mark: {mark: '✔', tone: 'good'},
        parts: [[say(words.served(name, clockwork((value ?? 0) * 1000), criteria))], [say(goesOn, 'strong')]],
      };
    }
    default:
      return loggedRow(reason, scene);
  }
}

/** Gray's part of the requests is not what was asked for. */
function ratioRow({value, threshold, samples}: Reason, judgement: Judgement | null, t: ViewModel['t']): Row {
  const chance = judgement?.ratio.expected ?? null;
  return {
    mark: WARN,
    parts: [
      [
        say(
          t.verdict.ratio(value === null ? '—' : quantity(value, 'percent', t), setPercent(threshold ?? 0)),
          'strong',
        ),
      ],
      chance === null
        ? []
        : [
            say(
              t.verdict.ratioChance(quantity(chance.low, 'percent', t), quantity(chance.high, 'percent', t)),
              'quiet',
            ),
          ],
      samples === null ? [] : [say(t.requests(count(samples)), 'quiet')],
    ],
  };
}

/** A reason of which no more is known than what was written. */
function loggedRow(reason: Reason, scene: ViewModel): Row {
  const text = reasonText(reason, scene);
  const made: Line = reason.samples === null ? [] : [say(scene.t.requests(count(reason.samples)), 'quiet')];
  const over: Line =
    reason.windowSeconds === null ? [] : [say(scene.t.windowOf(reason.windowSeconds), 'quiet')];
  return {
    mark: isBenign(reason) ? WAITS : SICK.has(reason.code) ? BAD : WARN,
    parts: [[say(text)], made, over],
  };
}
