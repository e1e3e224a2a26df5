import {z} from 'zod';
import type {Guardrail} from '../../release/plan.ts';
import {readConditionAt} from './criteria.ts';
import {duration, oneOf} from '../yaml/leaf.ts';
import {PRESET_NAMES, presetGuardrails} from './presets.ts';
import {child, isMapping, isWritten, type Placed, type Reader, type Spot} from '../yaml/reader.ts';

const THEN = ['rollback', 'pause', 'alert', 'advance'] as const satisfies readonly Guardrail['then'][];
const LEVELS = ['info', 'warning', 'critical'] as const satisfies readonly Guardrail['level'][];
/** How loud a guardrail is that does not say. */
const LEVEL_OF: Record<Guardrail['then'], Guardrail['level']> = {
  rollback: 'critical',
  pause: 'warning',
  alert: 'warning',
  advance: 'info',
};

const UNKNOWN = ['hold', 'ignore'] as const;
const SHAPE = {
  when: z.unknown(),
  for: duration,
  then: oneOf(THEN),
  level: oneOf(LEVELS),
  whenUnknown: oneOf(UNKNOWN),
};
const OTHER_NAMES = {
  metric: 'when',
  condition: 'when',
  if: 'when',
  duration: 'for',
  action: 'then',
  do: 'then',
  severity: 'level',
};
const EXAMPLE = '{when: "error_rate > 10 %", for: 5m, then: rollback}';

export function readGuardrails(reader: Reader, spot: Spot): Placed<Guardrail>[] {
  return reader.items(spot, `a list: [${EXAMPLE}]`).flatMap((item): Placed<Guardrail>[] => {
    if (!isMapping(item.value)) {
      reader.mistake(item, {message: 'a guardrail says when, and what happens then', allowed: EXAMPLE});
      return [];
    }
    const fields = reader.fields(item, SHAPE, OTHER_NAMES);
    if (fields === null) return [];
    reader.require(item, {when: 'when: "error_rate > 10 %"', then: `then: ${THEN.join(', ')}`});
    const then = fields.then ?? 'rollback';
    const when = isWritten(item, 'when') ? readConditionAt(reader, child(item, 'when'), then) : undefined;
    if (when === undefined || fields.then === undefined) return [];
    const unknown = fields.whenUnknown === 'ignore' ? {whenUnknown: fields.whenUnknown} : {};
    const value = {when, forMs: fields.for ?? 0, then, level: fields.level ?? LEVEL_OF[then], ...unknown};
    return [{value, spot: item}];
  });
}

export function readPresets(reader: Reader, spot: Spot): Placed<Guardrail>[] {
  const seen = new Set<string>();
  return reader.items(spot, `a list of ${PRESET_NAMES.join(', ')}`).flatMap((item): Placed<Guardrail>[] => {
    const preset = reader.field(item, oneOf(PRESET_NAMES));
    if (preset === undefined) return [];
    if (seen.has(preset)) {
      reader.warn(item, {message: `${preset} is named twice`, allowed: 'each preset once'});
      return [];
    }
    seen.add(preset);
    return presetGuardrails(preset).map(value => ({value, spot: item}));
  });
}
