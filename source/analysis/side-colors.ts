/**
 * The one colour of each side, in the terminal and in the report. A terminal's own palette is for graphics alone, at least
 * 3:1 on dark and on light: no colour of the sixteen is 4.5:1 on both, so words have the terminal's own foreground.
 */
interface SideColor {
  /** Of the sixteen of a terminal, as Ink names them. */
  readonly terminal: string;
  /** Of the report on a light and on a dark page, at least 4.5:1 there. */
  readonly onLight: string;
  readonly onDark: string;
}

export const SIDE_COLORS: Readonly<Record<'prod' | 'gray', SideColor>> = {
  prod: {terminal: 'blueBright', onLight: '#1f6fb5', onDark: '#6db3f2'},
  gray: {terminal: 'magenta', onLight: '#7a3fb0', onDark: '#c9a2ff'},
};
