import {describe, expect, it} from 'vitest';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import {causeMetric, causeRows, valuesThen} from '../../source/console/present/cause.ts';
import {OPEN} from '../../source/console/present/clean.ts';
import {textOf} from '../../source/console/present/line.ts';
import type {ViewModel} from '../../source/console/present/view-model.ts';
import type {Release} from '../../source/release/state.ts';
import {timeOfDay} from '../../source/console/present/moment.ts';

const AT = 1_800_000_041_000;
const ONSET = AT - 12_000;

function rolledBack(code: string, metric: string, threshold: number, reason: string | null = null): Release {
  const text = 'gray is worse';
  const worst = {code, metric, value: 6.2, threshold, samples: 771, windowSeconds: 60, text, people: 190};
  return {
    rollback: {
      at: AT,
      by: 'guard',
      reason: reason ?? text,
      cause: {reasons: [worst], onset: ONSET, footing: null},
    },
    steps: [{id: 'rollback.traffic', state: 'done', facts: {ms: 210, routers: 14, grayRequestsAfter: 41}}],
  } as unknown as Release;
}

/** Metrics that were asked for, on both sides. */
function measuring(asked: string[], values: Record<string, [number, number]>) {
  return {
    series(side: string, metric: string): (number | null)[] {
      asked.push(metric);
      const [prod, gray] = values[metric] ?? [null, null];
      return [null, side === 'prod' ? prod : gray];
    },
  };
}

function drawn(
  release: Release,
  monitor: Parameters<typeof valuesThen>[0],
  lang: 'en' | 'zh' = 'en',
): string[] {
  const then = valuesThen(monitor, release);
  const scene = {reading: {}, histories: new Map(), t: messagesOf(lang), clean: OPEN, mayAct: true, then};
  const rows = causeRows(release, scene as unknown as ViewModel, 160) ?? [];
  return rows.map(row => textOf(row).trimEnd());
}

describe('the cause of a rollback', () => {
  it('is the metric with both values, since when, how soon it was seen and prod was back, and whom it hit', () => {
    const [first = ''] = drawn(rolledBack('evidence', 'error_rate', 0.48), measuring([], {}));
    expect(first).toContain('error rate  gray 6.20 %  prod 0.48 %');
    expect(first).toContain(`since ${timeOfDay(ONSET)}`);
    expect(first).toContain('seen after 12.0 s');
    expect(first).toContain('back on prod after 12.2 s');
    expect(first).toContain('812 requests, about 190 people');
  });

  it('of a broken limit has the value of prod as it was then', () => {
    const measured = measuring([], {error_rate: [0.5, 9]});
    const [first = ''] = drawn(rolledBack('guardrail', 'error_rate', 5), measured);
    expect(first).toContain('error rate  gray 6.20 %  prod 0.50 %');
  });

  it('of response times shows the 95th percentile, and a chart of it', () => {
    const asked: string[] = [];
    const release = rolledBack('evidence_slow', 'response_time', 5);
    const [first = ''] = drawn(release, measuring(asked, {response_time_p95: [189, 297]}));
    expect(new Set(asked)).toEqual(new Set(['response_time_p95']));
    expect(causeMetric(release)).toBe('response_time_p95');
    expect(first).toContain('p95  gray 297 ms  prod 189 ms');
  });

  it('goes with the words of a person who took it back', () => {
    const rows = drawn(rolledBack('evidence', 'error_rate', 0.48, 'users complain'), measuring([], {}));
    expect(rows.at(-1)).toBe('users complain');
    expect(drawn(rolledBack('evidence', 'error_rate', 0.48), measuring([], {}), 'zh')[0]).toContain(
      '约 190 人',
    );
  });
});
