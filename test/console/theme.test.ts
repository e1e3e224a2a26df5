import {describe, expect, it} from 'vitest';
import {SIDE_COLORS} from '../../source/analysis/side-colors.ts';
import {COLORS, MONOCHROME} from '../../source/console/theme.ts';
import {STYLE} from '../../source/report/html/page.ts';

/** The contrast of two colours as WCAG defines it. */
function contrast(a: string, b: string): number {
  const [high, low] = [a, b].map(colour => luminance(colour)).sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map(at => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map(value => (value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('colours', () => {
  it('of a side are 4.5:1 in the report, on its light page and on its dark one', () => {
    for (const {onLight, onDark} of Object.values(SIDE_COLORS)) {
      expect(contrast(onLight, '#ffffff')).toBeGreaterThan(4.5);
      expect(contrast(onDark, '#14171a')).toBeGreaterThan(4.5);
      expect(STYLE).toContain(onLight);
      expect(STYLE).toContain(onDark);
    }
  });

  it('of words that say nothing is wrong are the terminal’s own foreground at full strength', () => {
    for (const theme of [COLORS, MONOCHROME]) {
      for (const tone of ['plain', 'strong', 'quiet', 'title', 'prod', 'gray', 'key'] as const)
        expect({tone, ...theme[tone]}).not.toMatchObject({dimColor: true});
    }
    for (const tone of ['plain', 'strong', 'quiet', 'title', 'prod', 'gray', 'key'] as const)
      expect(COLORS[tone].color).toBeUndefined();
  });
});
