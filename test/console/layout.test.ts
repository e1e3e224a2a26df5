import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {LEAST, layOut} from '../../source/console/layout.ts';

const wishes = {
  metrics: 9,
  judgeRows: 3,
  urgentRows: 0,
  labelWidth: 13,
  isRoomy: false,
  focus: 'metrics',
  isZoomed: false,
} as const;

describe('the screen', () => {
  it('is filled to the last row and never beyond it, at any size', () => {
    const wished = fc.record({
      metrics: fc.integer({min: 1, max: 40}),
      judgeRows: fc.integer({min: 0, max: 6}),
      urgentRows: fc.integer({min: 0, max: 2}),
      labelWidth: fc.integer({min: 10, max: 16}),
      isRoomy: fc.boolean(),
      focus: fc.constantFrom('metrics' as const, 'log' as const),
      isZoomed: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.integer({min: 60, max: 300}),
        fc.integer({min: 16, max: 100}),
        wished,
        (columns, rows, wants) => {
          const layout = layOut(columns, rows, wants);
          const above = 3 + (layout.hasLabels ? 1 : 0) + layout.headlines;
          const panels = layout.sidesHeight + layout.chartHeight + layout.judgeHeight + layout.logHeight;
          expect(above + panels + 2).toBe(rows);
          const shown = wants.isZoomed && wants.focus === 'metrics' ? layout.sidesHeight : layout.logHeight;
          expect(shown).toBeGreaterThanOrEqual(3);
          expect(layout.metricRows).toBeGreaterThanOrEqual(1);
          const sides = layout.kind === 'wide' ? layout.prodWidth + layout.grayWidth : columns;
          expect(sides).toBe(columns);
        },
      ),
    );
  });

  it('has both sides beside each other from 100 columns on, one table below', () => {
    expect(layOut(120, 40, wishes).kind).toBe('wide');
    expect(layOut(80, 24, wishes).kind).toBe('small');
    expect(layOut(LEAST.columns - 1, 40, wishes).kind).toBe('tiny');
    expect(layOut(120, LEAST.rows - 1, wishes).kind).toBe('tiny');
  });

  it('shows all nine standard metrics at 80x24', () => {
    expect(layOut(80, 24, wishes).metricRows).toBe(9);
  });

  it('keeps steps that run and a verdict in sight at 80x24', () => {
    expect(layOut(80, 24, {...wishes, urgentRows: 1}).judgeHeight).toBe(3);
  });

  it('gives the log all rows that the panels above it leave while the operator reads it', () => {
    const {logHeight, chartHeight} = layOut(120, 40, {...wishes, focus: 'log'});
    expect(chartHeight).toBe(0);
    expect(logHeight).toBe(40 - 8 - 11 - 5);
  });

  it('gives one panel the room of all when it is zoomed', () => {
    const log = layOut(80, 24, {...wishes, focus: 'log', isZoomed: true});
    expect([log.sidesHeight, log.judgeHeight, log.logHeight]).toEqual([0, 0, 18]);
    const metrics = layOut(120, 40, {...wishes, isZoomed: true});
    expect([metrics.judgeHeight, metrics.logHeight, metrics.sidesHeight + metrics.chartHeight]).toEqual([
      0, 0, 32,
    ]);
  });

  it('uses room for longer history and a chart, not for air', () => {
    const usual = layOut(120, 40, wishes);
    const big = layOut(200, 50, wishes);
    expect(usual.chartHeight).toBeGreaterThanOrEqual(8);
    expect(big.sparkWidth).toBeGreaterThan(2 * usual.sparkWidth);
    expect(big.chartHeight).toBeGreaterThan(usual.chartHeight);
  });
});
