const WIDTH = 120;
const HEIGHT = 28;
/** A curve that is as it always was does not touch the top, so that it has room to rise. */
const HEAD_ROOM = 1.25;

interface Scale {
  min: number;
  max: number;
}

/**
 * Draws a sparkline as SVG with a gap where nothing is known. Whole numbers keep it small. From the value at `badFrom` on
 * it is drawn as bad.
 */
export function sparkSvg(
  values: readonly (number | null)[],
  scale: Scale,
  side: 'prod' | 'gray',
  badFrom = Number.POSITIVE_INFINITY,
): string {
  const first = Number.isFinite(badFrom) ? Math.max(0, badFrom) : values.length;
  const calm = pathOf(values, scale, 0, first);
  const bad = pathOf(values, scale, Math.max(0, first - 1), values.length);
  const paths = [
    calm === '' ? '' : `<path class="${side}" d="${calm}"/>`,
    bad === '' || first >= values.length ? '' : `<path class="worse" d="${bad}"/>`,
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${paths.join('')}</svg>`;
}

function pathOf(values: readonly (number | null)[], {min, max}: Scale, from: number, to: number): string {
  const last = Math.max(1, values.length - 1);
  const span = (max - min) * HEAD_ROOM || 1;
  let path = '';
  let isOpen = false;
  for (let index = from; index < Math.min(to, values.length); index++) {
    const value = values[index] ?? null;
    if (value === null) {
      isOpen = false;
      continue;
    }
    const share = Math.min(1, Math.max(0, (value - min) / span));
    const [x, y] = [Math.round((index / last) * WIDTH), Math.round(HEIGHT - 1 - share * (HEIGHT - 2))];
    const next = index + 1 < to ? (values[index + 1] ?? null) : null;
    path += `${isOpen ? 'L' : 'M'}${x} ${y}${!isOpen && next === null ? 'h1' : ''}`;
    isOpen = true;
  }
  return path;
}
