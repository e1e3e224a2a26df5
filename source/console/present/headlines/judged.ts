import {clockwork, UNKNOWN} from '../../../text/format.ts';
import {loud, type Headline} from './headline.ts';
import {worseSince} from '../../../monitor/settling.ts';
import type {MetricRow} from '../sides/metric-rows.ts';
import type {ViewModel} from '../view-model.ts';
import {evidenceLabel, sharesOf} from '../verdict/evidence.ts';
import {metricLabel, quantity} from '../verdict/quantity.ts';
import {timeOfDay} from '../moment.ts';

const LISTED_AT_MOST = 3;

/** That both sides are sick: then it is not gray, and the key that takes it back would not help. */
export function ofBothSides(scene: ViewModel): Headline[] {
  const {reading, t} = scene;
  const {judgement} = reading;
  const isSick = judgement?.verdict.reasons.some(({code}) => code === 'both_sides') ?? false;
  const found = judgement?.guardrails.find(({isOn, isProdSickToo}) => isOn && isProdSickToo);
  if (!isSick || found === undefined) return [];
  const {metric, value, prod, unit} = found.outcome;
  const shown = (one: number | null): string => (one === null ? UNKNOWN : quantity(one, unit, t));
  const {bothSides, bothSidesShort} = t.verdict.headlines;
  const told = [metricLabel(metric, scene), shown(value), shown(prod)] as const;
  return [{...loud('✖', 'alarm', bothSides(...told)), shorter: [bothSidesShort(...told)]}];
}

/** What evidence has decided against gray though no number on the screen stands out. */
export function ofEvidence(scene: ViewModel, rows: readonly MetricRow[]): Headline[] {
  const {reading, t, mayAct} = scene;
  const {judgement} = reading;
  const evidence = judgement?.evidence ?? null;
  const isAgainst = judgement?.verdict.reasons.some(({code}) => code.startsWith('evidence')) ?? false;
  if (!isAgainst || evidence === null || rows.some(({compared}) => compared.standing === 'worse')) return [];
  const found = evidence.metrics.find(({metric}) => metric === evidence.worst);
  if (found === undefined) return [];
  const since = worseSince(reading, found.metric);
  const when = since === null ? null : timeOfDay(since);
  const text = t.verdict.headlines.worse(evidenceLabel(found.metric, scene), sharesOf(found, scene), when);
  return [loud('✖', 'alarm', text, mayAct ? t.hints.rollback : '')];
}

/** Numbers of other sources that the plan asks for and that are none: which, since when, and why. */
export function ofUnmeasured(scene: ViewModel): Headline[] {
  const {reading, t, clean} = scene;
  const planned = new Set(
    [
      ...(reading.judgement?.guardrails ?? []).filter(({guardrail}) => guardrail.whenUnknown !== 'ignore'),
      ...(reading.judgement?.criteria ?? []),
    ].flatMap(({outcome}) => (outcome.kind === 'cannot-measure' ? [outcome.metric] : [])),
  );
  const byWhy = new Map<string, {names: string[]; ageMs: number | null; word: string}>();
  for (const {name, sides} of reading.externals) {
    const bad = [sides.gray, sides.prod].find(({state}) => state !== 'ok' && state !== 'waiting');
    if (bad === undefined || !planned.has(name)) continue;
    const word = t.numberStates[bad.state === 'ok' ? 'empty' : bad.state];
    const why = clean.free(bad.why ?? word);
    const known = byWhy.get(why) ?? {names: [], ageMs: bad.ageMs, word};
    byWhy.set(why, {...known, names: [...known.names, metricLabel(name, scene)]});
  }
  return Array.from(byWhy, ([why, {names, ageMs, word}]) => {
    const age = ageMs === null ? null : clockwork(ageMs);
    const told = [names.slice(0, LISTED_AT_MOST), names.length, age] as const;
    const text = t.verdict.headlines.unmeasured(...told, why);
    const short = t.verdict.headlines.unmeasured(...told, word);
    return {mark: '?', tone: 'warn', isLoud: false, text, shorter: [short], hint: ''};
  });
}
