import stringWidth from 'string-width';
import {plainText} from '../../text/plain-text.ts';
import {
  tabTitle,
  type AnyPage,
  type Page,
  type PageLine,
  type PageList,
  type PageRow,
  type PageTone,
} from './model.ts';

/** How much room a terminal has, and whether it is sent colour. */
export interface ScreenSize {
  columns: number;
  rows: number;
  color: boolean;
}

const LEAST_COLUMNS = 40;
const MOST_COLUMNS = 300;
const LEAST_ROWS = 12;
const MOST_ROWS = 120;
/** Rows of the log that a small screen keeps. */
const LOG_AT_LEAST = 3;
const BLOCKS = '▁▂▃▄▅▆▇█';

/** The terminal's own sixteen colours, as in the console. */
const CODES: Readonly<Record<PageTone, string>> = {
  plain: '',
  strong: '1',
  quiet: '2',
  prod: '1;94',
  gray: '1;35',
  good: '32',
  warn: '1;33',
  bad: '1;31',
  alarm: '1;7;31',
  caution: '7;33',
  relief: '7;32',
};

/** A size within what a screen can be drawn at. */
export function sizeOf(columns: number, rows: number, color: boolean): ScreenSize {
  const within = (value: number, least: number, most: number, otherwise: number) =>
    Number.isFinite(value) ? Math.min(most, Math.max(least, Math.floor(value))) : otherwise;
  return {
    columns: within(columns, LEAST_COLUMNS, MOST_COLUMNS, 80),
    rows: within(rows, LEAST_ROWS, MOST_ROWS, 24),
    color,
  };
}

/**
 * Draws a page for a terminal: at most `rows` lines of at most `columns` columns. Text of the model is made fit for a
 * terminal here, wherever the model came from.
 */
export function screenLines(page: AnyPage, size: ScreenSize): string[] {
  const lines = page.schema === 'graydeck.page/1' ? linesOfFeature(page, size) : linesOfList(page, size);
  return lines.slice(0, size.rows).map(line => paint(cut(line, size.columns), size.color));
}

/** The bytes that draw a screen over the one before, without clearing it first. */
export function screenBytes(page: AnyPage, size: ScreenSize): string {
  const title = plainText(tabTitle(page), 100);
  const lines = screenLines(page, size).map(line => `${line}\u001B[K`);
  return `\u001B]2;${title}\u0007\u001B[H${lines.join('\r\n')}\u001B[J`;
}

function linesOfFeature(page: Page, {columns, rows: room}: ScreenSize): PageLine[] {
  const {state, cause, verdict} = page;
  const isSmall = room < 30;
  const stateLines = flow(
    [[say(` ${state.mark} ${state.word} `, state.tone)], ...page.facts],
    columns,
    '   ',
  );
  const headlines = page.headlines
    .slice(0, isSmall ? 2 : 4)
    .flatMap(({mark, tone, text}) => wrap([say(` ${mark} ${text} `, tone)], columns).slice(0, 2));
  const why =
    cause === null
      ? []
      : [
          [say(` ${cause.title}`, 'bad')] as PageLine,
          ...cause.rows.flatMap(row => wrap(indent(row), columns)),
        ];
  const judged =
    verdict === null
      ? []
      : [
          spread([say(' '), ...verdict.title], [...verdict.note, say(' ')], columns),
          ...verdict.rows.flatMap(row => wrap(indent(row), columns)).slice(0, isSmall ? 3 : 8),
        ];
  const lights = flow(page.lights, columns, '  ').slice(0, 1);
  const above = [headOf(page, columns), ...headlines, ...stateLines, ...trackOf(page, columns), ...why];
  const used = above.length + judged.length + lights.length + 3;
  const table = tableOf(page, columns, Math.max(3, room - used - LOG_AT_LEAST));
  const log = page.log
    .slice(0, Math.max(LOG_AT_LEAST, room - used - table.length))
    .map(({time, mark, tone, text, who}) =>
      spread(
        [say(` ${time}  `, 'quiet'), say(`${mark} `, tone), say(text, tone === 'bad' ? 'bad' : 'plain')],
        [say(columns < 100 ? '' : `${who} `, 'quiet')],
        columns,
      ),
    );
  return [...above, [], ...table, ...judged, [say(' '), ...page.logTitle], ...log, ...lights];
}

/** Feature, versions, badge and time. */
function headOf(page: Page, columns: number): PageLine {
  const over = page.version !== '' && page.prodVersion !== '' ? ` ${page.words['over'] ?? ''} ` : '';
  return spread(
    [
      say(` ${page.feature} `, 'strong'),
      say(` ${page.version}`, 'gray'),
      say(over, 'quiet'),
      say(page.prodVersion, 'prod'),
      ...(page.badge === '' ? [] : [say('  '), say(` ${page.badge} `, 'caution')]),
    ],
    [say(`${page.time} ${page.zone} `, 'quiet')],
    columns,
  );
}

/** The phases with their percents. */
function trackOf({phases}: Page, columns: number): PageLine[] {
  return flow(
    phases.map(({name, percent, state: when}): PageLine => {
      const mark = when === 'now' ? '▶ ' : when === 'past' ? '━ ' : '─ ';
      return [
        say(`${mark}${name} ${percent}`, when === 'now' ? 'strong' : when === 'past' ? 'gray' : 'quiet'),
      ];
    }),
    columns,
    '  ',
  ).slice(0, 2);
}

/** Metric, prod and gray side by side; rows without numbers are left out first if there is no room. */
function tableOf(page: Page, columns: number, room: number): PageLine[] {
  const isKnown = ({prod, gray}: PageRow) => prod !== '—' || gray !== '—';
  const known = page.rows.filter(isKnown);
  const shown = page.rows.length < room ? page.rows : known.slice(0, Math.max(1, room - 1));
  const label = Math.min(18, Math.max(8, ...shown.map(row => stringWidth(row.label))));
  const value = 10;
  const compared = Math.min(22, Math.max(12, Math.floor(columns / 5)));
  const spark = Math.max(0, Math.floor((columns - label - 2 * value - compared - 8) / 2));
  const head = [
    say(` ${pad('', label)} `),
    say(pad(`${page.words['prod'] ?? ''} ${page.prodVersion}`, value + spark + 2), 'prod'),
    say(pad(`${page.words['gray'] ?? ''} ${page.version}`, value + spark + 2), 'gray'),
    ...page.notes.gray,
  ];
  const rows = shown.map((row): PageLine => {
    const tone = row.isOld ? 'quiet' : 'strong';
    const drawn = (side: 'prod' | 'gray') =>
      row.chart === null || spark === 0 ? ' '.repeat(spark) : blocks(row.chart[side], row.chart, spark);
    return [
      say(` ${pad(row.label, label)} `, row.isOld ? 'quiet' : 'plain'),
      say(padStart(row.prod, value), tone),
      say(` ${drawn('prod')} `, row.isOld ? 'quiet' : 'prod'),
      say(padStart(row.gray, value), row.isBad && !row.isOld ? 'bad' : tone),
      say(` ${drawn('gray')} `, row.isOld ? 'quiet' : row.isBad ? 'bad' : 'gray'),
      ...row.compared,
    ];
  });
  return [head, ...rows];
}

/** The newest values as blocks, `width` columns wide; blank where nothing is known. */
function blocks(
  values: readonly (number | null)[],
  {min, max}: {min: number; max: number},
  width: number,
): string {
  const shown = values.slice(-width);
  const drawn = shown.map(value => {
    if (value === null) return ' ';
    const share = Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
    return BLOCKS[Math.round(share * (BLOCKS.length - 1))] ?? ' ';
  });
  return drawn.join('').padStart(width);
}

function linesOfList(page: PageList, {columns}: ScreenSize): PageLine[] {
  const wide = Math.min(24, Math.max(10, ...page.rows.map(({feature}) => stringWidth(feature))));
  return [
    spread(
      [say(' GRAYDECK ', 'strong'), ...(page.badge === '' ? [] : [say(` ${page.badge} `, 'caution')])],
      [say(`${page.time} ${page.zone} `, 'quiet')],
      columns,
    ),
    [say(` ${page.headline.mark} ${page.headline.text} `, page.headline.tone)],
    [],
    ...page.rows.map(({mark, tone, feature, state, percent, text, alerts}): PageLine => [
      say(` ${mark} `, tone),
      say(`${pad(feature, wide)}  `, 'strong'),
      say(`${pad(state, 12)} `, tone === 'strong' ? 'plain' : tone),
      say(`${padStart(percent, 6)}  `),
      say(text),
      say(alerts === '' ? '' : `  ${alerts}`, 'warn'),
    ]),
  ];
}

function say(text: string, tone: PageTone = 'plain'): PageLine[number] {
  return {text, tone};
}

function widthOf(line: PageLine): number {
  return line.reduce((sum, {text}) => sum + stringWidth(plainText(text)), 0);
}

/** `start` at the left edge, `end` at the right one where there is room for both, else `start` alone, cut. */
function spread(start: PageLine, end: PageLine, columns: number): PageLine {
  const right = widthOf(end);
  if (right + 10 > columns) return start;
  const left = cut(start, columns - right - 1);
  return [...left, say(' '.repeat(Math.max(1, columns - right - widthOf(left)))), ...end];
}

/** PageParts one after another, on as many lines as they take. */
function flow(parts: readonly PageLine[], columns: number, gap: string): PageLine[] {
  const lines: PageLine[] = [];
  let line: PageLine = [];
  for (const part of parts) {
    if (part.length === 0) continue;
    if (line.length > 0 && widthOf(line) + gap.length + widthOf(part) > columns) {
      lines.push(line);
      line = [];
    }
    line = line.length === 0 ? [say(' '), ...part] : [...line, say(gap), ...part];
  }
  return line.length === 0 ? lines : [...lines, line];
}

function indent(line: PageLine): PageLine {
  return [say('   '), ...line];
}

/** Breaks a line between words; the lines after the first are indented. */
function wrap(line: PageLine, columns: number): PageLine[] {
  const lines: PageLine[] = [];
  let current: PageLine = [];
  let used = 0;
  for (const {text, tone} of line)
    for (const word of plainText(text).match(/ *[^ ]+ ?| +/gu) ?? []) {
      const width = stringWidth(word);
      if (used > 0 && used + width > columns) {
        lines.push(current);
        current = [say('     ')];
        used = 5;
      }
      const last = current.at(-1);
      if (last?.tone === tone) last.text += word;
      else current.push(say(word, tone));
      used += width;
    }
  return [...lines, current];
}

function cut(line: PageLine, columns: number): PageLine {
  const pieces: PageLine = [];
  let left = columns;
  for (const {text, tone} of line) {
    if (left <= 0) break;
    const shown = plainText(text, left);
    pieces.push(say(shown, tone));
    left -= stringWidth(shown);
  }
  return pieces;
}

function pad(text: string, width: number): string {
  const shown = plainText(text, width);
  return shown + ' '.repeat(Math.max(0, width - stringWidth(shown)));
}

function padStart(text: string, width: number): string {
  const shown = plainText(text, width);
  return ' '.repeat(Math.max(0, width - stringWidth(shown))) + shown;
}

function paint(line: PageLine, color: boolean): string {
  return line
    .map(({text, tone}) => {
      const code = CODES[tone];
      return !color || code === '' || text === '' ? text : `\u001B[${code}m${text}\u001B[0m`;
    })
    .join('');
}
