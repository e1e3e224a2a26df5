import type {Guardrail, Plan, Rule} from '../../release/plan.ts';
import {contradict, isInside} from '../condition/sense.ts';
import type {PhaseDraft} from './phases.ts';
import {child, type Placed, type YamlReader, type Spot} from '../yaml/reader.ts';
import {quote} from '../../text/quote.ts';

/** What compares several parts of a plan: whether it rises, ends, and can be walked through at all. */
export function checkPhases(
  reader: YamlReader,
  phases: readonly PhaseDraft[],
  guardrails: readonly Placed<Guardrail>[],
  complete: Plan['complete'],
): void {
  checkNames(reader, phases);
  checkRise(reader, phases);
  phases.forEach((phase, index) => {
    checkCriteria(reader, phase, guardrails);
    checkReach(reader, phase, index);
    if (index < phases.length - 1) checkEnd(reader, phase);
  });
  const last = phases.at(-1);
  if (last !== undefined) checkLast(reader, last, complete);
}

/** A ramp that goes up only while gray is better needs a guardrail that says what better is. */
export function checkHold(reader: YamlReader, equal: Spot, guardrails: readonly Placed<Guardrail>[]): void {
  if (guardrails.some(({value}) => value.then === 'advance')) return;
  reader.mistake(equal, {
    message: 'nothing says what better than prod is: the ramp would never go up',
    allowed: 'presets: [seed-increase], or a guardrail with then: advance; or equal: advance',
  });
}

function at(phase: PhaseDraft, ...keys: string[]): Spot {
  const written = keys.map(key => child(phase.spot, key)).find(spot => spot.value !== undefined);
  return written ?? phase.spot;
}

const percentOf = (phase: PhaseDraft): Spot => at(phase, 'percent', 'percentage');

function checkNames(reader: YamlReader, phases: readonly PhaseDraft[]): void {
  const seen = new Set<string>();
  for (const phase of phases) {
    if (phase.name === undefined) continue;
    if (seen.has(phase.name))
      reader.mistake(at(phase, 'name', 'phase'), {
        message: `an earlier phase is called ${quote(phase.name)} already`,
        allowed: 'a name of its own for each phase',
      });
    seen.add(phase.name);
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function checkRise(reader: YamlReader, phases: readonly PhaseDraft[]): void {
  phases.forEach((phase, index) => {
    const before = phases[index - 1];
    if (before?.percent === undefined || phase.percent === undefined || phase.percent > before.percent)
      return;
    if (phase.percent < before.percent) {
      const isNarrow = before.audience !== null && before.audience !== undefined;
      reader.mistake(percentOf(phase), {
        message: `the percentage falls from ${before.percent} % to ${phase.percent} %: gray would be taken from users who have it`,
        allowed: isNarrow
          ? `${before.percent} or more; to give a whole group gray first, name it under include: {groups: […]} at a small percentage`
          : `more than ${before.percent}`,
      });
    } else if (same(phase.audience, before.audience) && same(phase.include, before.include))
      reader.warn(percentOf(phase), {
        message: `this phase gives gray to no new users: ${phase.percent} % of the same people as before`,
        allowed: `more than ${before.percent}, another audience, or include`,
      });
  });
}

function checkCriteria(
  reader: YamlReader,
  phase: PhaseDraft,
  guardrails: readonly Placed<Guardrail>[],
): void {
  // Each is compared with each, so their number is bounded.
  const criteria = phase.criteria.filter(({value}) => !value.dryRun).slice(0, 200);
  criteria.forEach(({value: {condition}, spot}, index) => {
    const other = criteria.slice(0, index).find(({value}) => contradict(value.condition, condition));
    if (other !== undefined)
      reader.mistake(spot, {
        message: `this never holds together with ${quote(other.value.condition.text)}: the phase could never be left`,
        allowed: 'criteria that can hold at the same time',
      });
    const guard = guardrails.find(({value}) => isStopping(value) && isInside(condition, value.when));
    if (guard !== undefined)
      reader.mistake(spot, {
        message: `this holds only while the guardrail ${quote(guard.value.when.text)} stops the release: the phase could never be left`,
        allowed: 'a criterion that can hold while no guardrail does',
      });
    if (phase.percent === 100 && (condition.improvement || 'timesProd' in condition.threshold))
      reader.mistake(spot, {
        message: 'at 100 % there is no prod to compare with: this could never be judged',
        allowed: 'a limit of its own, like error_rate < 1 %',
      });
  });
}

function isStopping({then}: Guardrail): boolean {
  return then === 'rollback' || then === 'pause';
}

function checkReach(reader: YamlReader, phase: PhaseDraft, index: number): void {
  if (phase.percent === 0 && phase.include.users.length === 0 && phase.include.rules.length === 0)
    reader.warn(percentOf(phase), {
      message:
        'at 0 % without include no user gets gray unless a header or cookie forces it, and without data no phase ends',
      allowed: 'include: {users: […], groups: […]}, or more than 0 %',
    });
  if (index === 0 && phase.needsEarlierCriteria)
    reader.warn(at(phase, 'needsEarlierCriteria', 'criteria'), {
      message: 'no phase is earlier than the first',
      allowed: 'this gate in a later phase',
    });
}

function checkEnd(reader: YamlReader, phase: PhaseDraft): void {
  if (phase.durationMs === null && !phase.manual)
    reader.warn(at(phase, 'name', 'phase'), {
      message:
        'this phase says neither how long it lasts nor that it is manual: it stays until an operator says next',
      allowed: 'duration: 24h, or manual: true',
    });
}

function checkLast(reader: YamlReader, last: PhaseDraft, complete: Plan['complete']): void {
  if (last.percent !== undefined && last.percent < 100) {
    const message = `the last phase stops at ${last.percent} %`;
    if (complete === 'auto')
      reader.mistake(percentOf(last), {
        message: `${message}: the plan would never complete`,
        allowed: '100 in the last phase, or complete: manual',
      });
    else
      reader.warn(percentOf(last), {
        message: `${message}; complete would take the rest at once`,
        allowed: '100',
      });
  }
  if (last.audience !== null && last.audience !== undefined && last.percent === 100)
    reader.warn(at(last, 'audience'), {
      message: `the last phase reaches only ${nameOf(last.audience)}; completion gives gray to everyone else at once`,
      allowed: 'a last phase without audience',
    });
}

function nameOf(rule: Rule): string {
  return 'group' in rule ? `the group ${quote(rule.group)}` : 'its audience';
}
