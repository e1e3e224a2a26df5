import fc from 'fast-check';
import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import {
  columnsOf,
  fit,
  flow,
  say,
  spread,
  spreadFirst,
  textOf,
  widthOf,
  wrapped,
} from '../../source/console/present/line.ts';
import type {Panel} from '../../source/console/present/sides/sides.ts';
import {framed} from '../../source/console/present/frame.ts';

const text = fc.oneof(
  fc.string({maxLength: 30}),
  fc.constantFrom('灰度发布', '支付二期-v2.0', '⣀⣤⣶⣿', '— ✔ ✖ ▲ ● ‖ …', '👍🏽 e\u0301'),
);
const printable = text.map(raw => raw.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, ' '));
const line = fc.array(
  printable.map(word => say(word)),
  {maxLength: 5},
);

describe('rows', () => {
  it('take exactly the columns they are given, whatever is in them', () => {
    fc.assert(
      fc.property(line, fc.integer({min: 0, max: 60}), (pieces, width) => {
        expect(stringWidth(textOf(fit(pieces, width)))).toBe(width);
      }),
    );
  });

  it('measure as the terminal does, quickly or not', () => {
    fc.assert(
      fc.property(printable, word => {
        expect(columnsOf(word)).toBe(stringWidth(word));
      }),
    );
  });

  it('keep their right end when the left one has to give way', () => {
    fc.assert(
      fc.property(line, fc.integer({min: 20, max: 60}), (pieces, width) => {
        const row = spread(pieces, [say('14:02:31')], width);
        expect(widthOf(row)).toBe(width);
        expect(textOf(row).endsWith('14:02:31')).toBe(true);
      }),
    );
  });

  it('choose the fullest words that fit', () => {
    const pairs = [
      [[say('gray error rate 6.20 %')], [say('r then y takes it back')]],
      [[say('error rate 6.20 %')], [say('r y')]],
    ] as const;
    expect(textOf(spreadFirst(pairs, 50))).toContain('takes it back');
    expect(textOf(spreadFirst(pairs, 25))).toBe('error rate 6.20 %     r y');
  });

  it('break between parts, and long sentences between words', () => {
    const rows = flow([[say('✔ traffic')], [say('✔ stop gray')], [say('· restore data')]], 26);
    expect(rows.map(row => textOf(row))).toEqual(['✔ traffic   ✔ stop gray', '· restore data']);
    const words = wrapped([say('▲ ', 'warn'), say('there is no demote hook here')], 20);
    expect(words.map(row => textOf(row))).toEqual(['▲ there is no demote', '  hook here']);
  });

  it('in a frame every row has the same width, Chinese or not', () => {
    const panel = {
      title: [say('灰度 v1')],
      note: [say('12 秒前')],
      tone: 'frame',
      rows: [[say('错误率 6.2 %')], [say('x'.repeat(80))]],
      isUrgent: false,
    } satisfies Panel;
    const rows = framed(panel, {width: 40, height: 6, hasFocus: false}).map(row => textOf(row));
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(stringWidth(row)).toBe(40);
  });
});
