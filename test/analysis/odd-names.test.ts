import {describe, expect, it} from 'vitest';
import {isCounter, shownNames, valueOf} from '../../source/analysis/metric-value.ts';
import {decodeTally, encodeTally} from '../../source/analysis/windows/roll-up.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {enEdges} from '../../source/console/messages/en-edges.ts';
import {zhEdges} from '../../source/console/messages/zh-edges.ts';
import {en} from '../../source/console/messages/en.ts';
import {zh} from '../../source/console/messages/zh.ts';
import {compare} from '../../source/console/present/sides/compare.ts';
import {metricOf} from '../../source/console/present/sides/metric.ts';
import {reasonText} from '../../source/console/present/verdict/reason-text.ts';
import {OPEN} from '../../source/console/present/clean.ts';
import {Sample} from '../../source/analysis/sample.ts';
import {SampleParser} from '../../source/metrics/sample.ts';
import {ODD_NAMES} from '../odd-names.ts';

const T0 = 1_760_000_000_000;
const SPAN = {from: T0, to: T0 + 10_000};

/** Windows in which gray alone reports a counter and a gauge of each name. */
function windowsOf(names: readonly string[], gauges: readonly string[] = []): Windows {
  const windows = new Windows({gauges});
  const parser = new SampleParser(windows.table);
  const sample = new Sample();
  for (const [side, more] of [
    ['gray', [...names, ...gauges].flatMap(name => [name, '5'])],
    ['prod', []],
  ] as const) {
    expect(parser.parse(['side', side, 'requests', '10', ...more], T0 + 1000, sample)).toBeNull();
    windows.add(sample, T0 + 1000);
  }
  return windows;
}

describe.each(ODD_NAMES)('a metric called %s', name => {
  it('is a counter like any other, and unknown on the side that does not report it', () => {
    const windows = windowsOf([name]);
    const [gray, prod] = [windows.numbers('gray', SPAN), windows.numbers('prod', SPAN)];
    expect(gray.requests).toBe(10);
    expect(Object.entries(gray.counters)).toEqual([[name, 5]]);
    expect(Object.entries(prod.counters)).toEqual([]);
    expect(windows.otherNames()).toEqual([name]);
    expect([valueOf(name, gray, SPAN), valueOf(name, prod, SPAN)]).toEqual([0.5, null]);
    expect([isCounter(name, [gray]), isCounter(name, [prod])]).toEqual([true, false]);
    const compared = compare(metricOf(name), 0.5, null, {gray, prod}, []);
    expect(JSON.stringify(compared)).not.toContain('NaN');
    for (const shown of [`errors.${name}`, `uses.${name}`, name])
      expect(() => shownNames([shown], {gray, prod})).not.toThrow();
  });

  it('may be declared a gauge', () => {
    const windows = windowsOf([], [name]);
    expect(Object.entries(windows.numbers('gray', SPAN).gauges)).toEqual([[name, 5]]);
    expect(valueOf(name, windows.numbers('prod', SPAN), SPAN)).toBeNull();
  });

  it('comes back from a roll-up', () => {
    const tally = windowsOf([name]).rollUp(T0 + 1000)!;
    const restored = new Windows();
    expect(restored.restore(decodeTally(T0 + 1000, encodeTally(tally))!)).toBe(true);
    expect(Object.entries(restored.numbers('gray', SPAN).counters)).toEqual([[name, 5]]);
  });
});

describe.each(ODD_NAMES)('a word %s from a log or a router', word => {
  it('is shown as it was written', () => {
    for (const edges of [enEdges, zhEdges]) expect(edges.trouble('web-1', word, '')).toContain(word);
    const reason = {
      code: word,
      metric: null,
      value: null,
      threshold: null,
      samples: null,
      windowSeconds: null,
      text: 'why',
    };
    for (const t of [en, zh]) expect(reasonText(reason, {t, clean: OPEN})).toBe('why');
  });
});
