import {z} from 'zod';
import {ALERT_LEVELS, type Guardrail} from '../../release/plan.ts';
import {conditionText, readConditionAt} from './criteria.ts';
import {duration} from '../yaml/leaf.ts';
import {PRESET_NAMES, presetGuardrails} from './presets.ts';
import {child, type Placed} from '../yaml/reader.ts';
import {made, mapping, may, must} from '../yaml/tree.ts';

/** Level of the alert where a guardrail names none. */
const LEVEL_OF: Record<Guardrail['then'], Guardrail['level']> = {
  rollback: 'critical',
  pause: 'warning',
  alert: 'warning',
  advance: 'info',
};

const guardrail = mapping(
  {
    when: must(conditionText, 'The condition that gray must not meet.', '"error_rate > 10 %"'),
    for: may(duration, 'How long the condition must hold without a break.', '5m', '0'),
    then: must(
      z.enum(['rollback', 'pause', 'alert', 'advance']),
      'The action. `advance` goes on to the next phase early.',
      'rollback',
    ),
    level: may(
      z.enum(ALERT_LEVELS),
      'Level of the alert.',
      'critical',
      'critical for rollback, info for advance, else warning',
    ),
    whenUnknown: may(
      z.enum(['hold', 'ignore']),
      'While the condition cannot be judged: `hold` keeps the release from going up, `ignore` does not.',
      'ignore',
      'hold',
    ),
  },
  {
    otherKind: 'a guardrail says when, and what happens then',
    example: '{when: "error_rate > 10 %", for: 5m, then: rollback}',
    alsoCalled: {
      metric: 'when',
      condition: 'when',
      if: 'when',
      duration: 'for',
      action: 'then',
      do: 'then',
      severity: 'level',
    },
  },
);

/** Limits that are watched in every phase. */
export const guardrails = z
  .array(
    made(
      guardrail,
      ({when: text, then, level, whenUnknown, ...rest}, at, reader): Placed<Guardrail> | undefined => {
        const when =
          text === undefined
            ? undefined
            : readConditionAt(reader, child(at, 'when'), text, then ?? 'rollback');
        if (when === undefined || then === undefined) return undefined;
        const unknown = whenUnknown === 'ignore' ? {whenUnknown} : {};
        return {
          value: {when, forMs: rest.for ?? 0, then, level: level ?? LEVEL_OF[then], ...unknown},
          spot: at,
        };
      },
    ),
  )
  .meta({form: 'a list: [{when: "error_rate > 10 %", for: 5m, then: rollback}]'});

const preset = made(z.enum(PRESET_NAMES), (name, at) => ({name, at}));

/** Guardrails that come ready, by name. */
export const presets = made(
  z.array(preset).meta({form: `a list of ${PRESET_NAMES.join(', ')}`}),
  (list, _, reader): Placed<Guardrail>[] =>
    list.flatMap(({name, at}, index) => {
      if (list.findIndex(one => one.name === name) === index)
        return presetGuardrails(name).map(value => ({value, spot: at}));
      reader.warn(at, {message: `${name} is named twice`, allowed: 'each preset once'});
      return [];
    }),
);
