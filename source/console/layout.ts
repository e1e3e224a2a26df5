/** Below this there is nothing honest to draw. */
export const LEAST = {columns: 60, rows: 16};
/** From here on both sides have a panel of their own. */
const WIDE = {columns: 100, rows: 28};
/** Rows that every layout has: header, state, track, headline; notice and footer. */
const FIXED_ABOVE = 4;
const FIXED_BELOW = 2;
const FRAME = 2;
const LOG_AT_LEAST = 3;

/** Where everything stands, in columns and rows. Heights include the frame. */
export interface Layout {
  kind: 'wide' | 'small' | 'tiny';
  columns: number;
  rows: number;
  hasLabels: boolean;
  headlines: number;
  prodWidth: number;
  grayWidth: number;
  /** Cells of a sparkline; both sides have the same. */
  sparkWidth: number;
  /** Height of the sides, or of the table. */
  sidesHeight: number;
  /** Metrics that fit in there. */
  metricRows: number;
  /** Columns of the plan's limit at the end of gray's row; 0: no room for it. */
  limitWidth: number;
  /** Blank rows between metrics, plus one. */
  spacing: number;
  /** A chart of the picked metric, where there is room to spare; 0: none. */
  chartHeight: number;
  judgeHeight: number;
  logHeight: number;
}

/** What wants to be shown. */
export interface Wishes {
  metrics: number;
  judgeRows: number;
  /** Rows of steps that run or of a verdict that come before rows of metrics; 0: none do. */
  urgentRows: number;
  /** Label, value and comparison columns beside the sparkline on gray's side; prod's side has no comparison. */
  labelWidth: number;
  isRoomy: boolean;
  /** The panel that has the keyboard, and whether it has the room of all panels. */
  focus: 'metrics' | 'log';
  isZoomed: boolean;
}

const VALUE_AND_GAPS = 14;
const COMPARED = 19;
/** From so many columns on the plan's limit stands in the row as well. */
const ROOM_FOR_LIMITS = 150;
const LIMIT = 14;
/** Everything in a row of the small table but label and sparkline. */
const TABLE_COLUMNS = 41;
/** Frame and the blanks inside it. */
const SIDES_OF_FRAME = 4;
/** A chart with fewer rows shows nothing, with more it crowds the log out. */
const CHART_HEIGHT = {least: 8, most: 15};
const LOG_ENOUGH = 7;
/** Height of the log before a chart stands above it while the log has the keyboard. */
const LOG_READ = 16;
/** Rows of the verdict on a screen of this height. */
const JUDGE_AT_MOST = 6;

/** Height of the verdict on a small screen: what is urgent comes before metrics, the rest gets what is left. */
function smallJudge(room: number, rows: number, {urgentRows, metrics}: Wishes): number {
  if (urgentRows > 0) return rows < 20 ? 0 : FRAME + (rows < 24 ? 1 : urgentRows);
  return room - metrics - FRAME - LOG_AT_LEAST - FRAME >= FRAME + 1 ? FRAME + 1 : 0;
}

/** Rows of the log inside its frame. */
export function logRoom(logHeight: number): number {
  return Math.max(0, logHeight - FRAME);
}

/** Divides the screen. Pure: the same size and wishes give the same places. */
export function layOut(columns: number, rows: number, wishes: Wishes): Layout {
  const kind =
    columns < LEAST.columns || rows < LEAST.rows
      ? 'tiny'
      : columns >= WIDE.columns && rows >= WIDE.rows
        ? 'wide'
        : 'small';
  const hasLabels = rows >= 36 && kind === 'wide';
  const headlines = rows >= 36 ? 2 : 1;
  const room = rows - FIXED_ABOVE - FIXED_BELOW - (hasLabels ? 1 : 0) - (headlines - 1);
  const isSmall = kind !== 'wide';
  const heights = wishes.isZoomed
    ? zoomedHeights(room, isSmall, wishes)
    : heightsOf(room, {rows, isSmall}, wishes);
  const {sidesHeight, spacing} = heights;
  const limitWidth = !isSmall && columns >= ROOM_FOR_LIMITS ? LIMIT : 0;
  const labelled = SIDES_OF_FRAME + wishes.labelWidth;
  const sparkWidth = isSmall
    ? Math.max(0, columns - labelled - TABLE_COLUMNS)
    : Math.max(4, Math.floor((columns - 2 * (labelled + VALUE_AND_GAPS) - COMPARED - limitWidth) / 2));
  const prodWidth = labelled + VALUE_AND_GAPS + sparkWidth;
  return {
    kind,
    columns,
    rows,
    hasLabels,
    headlines,
    prodWidth,
    grayWidth: columns - prodWidth,
    sparkWidth,
    metricRows: Math.max(1, Math.floor((sidesHeight - FRAME + spacing - 1) / spacing)),
    limitWidth,
    ...heights,
  };
}

type Heights = Pick<Layout, 'sidesHeight' | 'judgeHeight' | 'chartHeight' | 'logHeight' | 'spacing'>;

function heightsOf(room: number, {rows, isSmall}: {rows: number; isSmall: boolean}, wishes: Wishes): Heights {
  const logLeast = LOG_AT_LEAST + FRAME;
  const judgeWanted = wishes.judgeRows === 0 ? 0 : wishes.judgeRows + FRAME;
  const judgeAtMost = Math.min(
    judgeWanted,
    isSmall ? smallJudge(room, rows, wishes) : rows >= 44 ? JUDGE_AT_MOST + 2 : JUDGE_AT_MOST,
  );
  const spacing = wishes.isRoomy && room - judgeAtMost - logLeast >= wishes.metrics * 2 + FRAME ? 2 : 1;
  const sidesHeight = Math.max(
    4,
    Math.min(sidesWanted(wishes.metrics, spacing), room - judgeAtMost - logLeast),
  );
  const judgeHeight = room - sidesHeight - judgeAtMost >= logLeast ? judgeAtMost : 0;
  const below = room - sidesHeight - judgeHeight;
  // The smallest chart shows more than the older rows of the log, unless the operator reads the log.
  const spare =
    wishes.focus === 'log'
      ? below - LOG_READ
      : Math.max(below - LOG_ENOUGH, Math.min(below - logLeast, CHART_HEIGHT.least));
  const chartHeight = !isSmall && spare >= CHART_HEIGHT.least ? Math.min(spare, CHART_HEIGHT.most) : 0;
  return {sidesHeight, judgeHeight, chartHeight, logHeight: below - chartHeight, spacing};
}

function sidesWanted(metrics: number, spacing: number): number {
  return metrics * spacing - (spacing - 1) + FRAME;
}

/** One panel has all the room; below metrics that do not fill it stands the chart of the picked one. */
function zoomedHeights(room: number, isSmall: boolean, {focus, metrics}: Wishes): Heights {
  const none = {judgeHeight: 0, chartHeight: 0, spacing: 1};
  if (focus === 'log') return {...none, sidesHeight: 0, logHeight: room};
  const wanted = Math.min(room, sidesWanted(metrics, 1));
  const chartHeight = !isSmall && room - wanted >= CHART_HEIGHT.least ? room - wanted : 0;
  return {...none, chartHeight, sidesHeight: room - chartHeight, logHeight: 0};
}
