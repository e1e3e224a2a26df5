import {expect, test} from 'vitest';
import {longestLookMs} from '../../../source/analysis/judge/longest-window.ts';
import {builtInPlan} from '../../../source/config/plan/built-in.ts';
import {criterion, guardrail, phase} from './scene.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('a phase that has to show something is looked at as a whole, up to three days; another as far as its windows go', () => {
  const shows = {
    ...builtInPlan,
    phases: [phase('beta', 20, {criteria: [criterion('error_rate < 1 % over 10m')]})],
  };
  const release = {plan: shows, phaseEnteredAt: 0, startedAt: 0};
  for (const ranMs of [HOUR, 5 * HOUR, 40 * HOUR]) {
    const longest = longestLookMs(release, ranMs);
    expect(longest).toBeGreaterThanOrEqual(ranMs);
    expect(longest).toBeLessThan(2 * ranMs);
    // What is kept is read anew only where it has to grow.
    expect(longestLookMs(release, ranMs + 1000)).toBe(longest);
  }
  expect(longestLookMs(release, 30 * DAY)).toBe(3 * DAY);
  expect(longestLookMs(release, 0)).toBe(600_000);
  const plan = {...builtInPlan, guardrails: [guardrail('error_rate > 1 %', 'rollback')]};
  expect(longestLookMs({...release, plan}, DAY)).toBe(300_000);
});
