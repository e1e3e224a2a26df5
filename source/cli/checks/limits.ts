import {amount} from '../../text/amounts.ts';
import type {Operator} from '../../release/plan.ts';
import {presetGuardrails} from '../../config/plan/presets.ts';
import {doubt, fine, type Finding} from './finding.ts';

const CHECK = 'limits';

/** A number as Prometheus tells it; null: unknown. */
export interface ResourceNumber {
  name: string;
  prod: number | null;
  gray: number | null;
  state: string;
  why: string | null;
}

const BEYOND: Readonly<Record<Operator, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/** The limits that practice hands down (`seed-limits`), on what Prometheus measures of the hosts. Pure. */
export function checkLimits(numbers: readonly ResourceNumber[]): Finding[] {
  const kept: string[] = [];
  const findings: Finding[] = [];
  for (const {when} of presetGuardrails('seed-limits')) {
    const number = numbers.find(({name}) => name === when.metric);
    if (number === undefined || !('value' in when.threshold)) continue;
    const {value: limit, unit} = when.threshold;
    const known = (['prod', 'gray'] as const).flatMap(side => {
      const value = number[side];
      return value === null ? [] : [{side, value}];
    });
    if (known.length === 0) {
      // That Prometheus is away is told once, with what mends it.
      if (number.state === 'unreachable') continue;
      const why = number.why ?? number.state;
      findings.push(
        doubt(CHECK, `${number.name} is not measured: ${why}`, `metrics: {${number.name}: {query: …}}`),
      );
      continue;
    }
    const bad = known.filter(({value}) => BEYOND[when.op](value, limit));
    const told = known.map(({side, value}) => `${side} ${amount(value, unit)}`).join(', ');
    if (bad.length === 0) kept.push(`${number.name} ${told}`);
    else
      findings.push(
        doubt(CHECK, `${number.name} ${told}: ${when.text}`, 'free some of it before a release starts'),
      );
  }
  return kept.length === 0 ? findings : [fine(CHECK, kept.join('; ')), ...findings];
}
