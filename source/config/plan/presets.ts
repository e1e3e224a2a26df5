import type {AlertLevel, Guardrail} from '../../release/plan.ts';
import {readCondition} from '../condition/condition.ts';
import {metricBook} from '../condition/metric-book.ts';

interface Row {
  when: string;
  forMs?: number;
  then: Guardrail['then'];
  level: AlertLevel;
  whenUnknown?: 'ignore';
}

const MINUTE = 60_000;

/**
 * Ready guardrails, with the numbers that practice hands down. Limits are goals: passing one is a warning, no more.
 * Each condition acts by itself, so those of `seed-increase` are joined by "or".
 */
const PRESETS = {
  'seed-pause': [
    {when: 'error_rate > 5 % over 300s', then: 'pause', level: 'warning'},
    {when: 'response_time > 1.5x prod over 300s', then: 'pause', level: 'warning'},
  ],
  'seed-increase': [
    {when: 'error_rate improvement > 1 points', then: 'advance', level: 'info'},
    {when: 'conversion_rate improvement > 2 points', then: 'advance', level: 'info'},
  ],
  'seed-alerts': [
    {when: 'error_rate > 5 %', then: 'alert', level: 'critical'},
    {when: 'response_time > 2x prod', then: 'alert', level: 'warning'},
    {when: 'conversion_rate < 0.9x prod', then: 'alert', level: 'warning'},
  ],
  'seed-rollback': [
    {when: 'error_rate > 10 %', forMs: 5 * MINUTE, then: 'rollback', level: 'critical'},
    {when: 'response_time_p95 > 5000 ms', forMs: 10 * MINUTE, then: 'rollback', level: 'critical'},
    {when: 'availability < 99 %', forMs: 5 * MINUTE, then: 'rollback', level: 'critical'},
  ],
  'seed-limits': [
    {when: 'error_rate >= 5 %', then: 'alert', level: 'warning'},
    {when: 'response_time_p95 >= 3 s', then: 'alert', level: 'warning'},
    {when: 'availability <= 99.5 %', then: 'alert', level: 'warning'},
    {when: 'cpu >= 80 %', then: 'alert', level: 'warning'},
    {when: 'memory >= 90 %', then: 'alert', level: 'warning'},
    {when: 'db_connections >= 80', then: 'alert', level: 'warning'},
    {when: 'redis_memory >= 90 %', then: 'alert', level: 'warning'},
  ],
  /**
   * Gray fails outright: more than half of its requests, for longer than a burst lasts. It needs no prod to compare with.
   * At 5 % errors, 11 of 20 requests fail by chance in one of a thousand million windows; and it takes two windows.
   */
  outage: [
    {
      when: 'error_rate > 50 % over 10s min 20 requests',
      forMs: 10_000,
      then: 'rollback',
      level: 'critical',
      whenUnknown: 'ignore',
    },
  ],
} satisfies Record<string, Row[]>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** The guardrails of a preset, each marked with its name. */
export function presetGuardrails(preset: PresetName): Guardrail[] {
  const rows: Row[] = PRESETS[preset];
  return rows.flatMap(({when, forMs = 0, ...rest}) => {
    const reading = readCondition(when, metricBook());
    return reading.ok ? [{when: reading.value, forMs, ...rest, preset}] : [];
  });
}
