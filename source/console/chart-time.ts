import type {Commit} from '../release/commit.ts';
import type {Release} from '../release/state.ts';

/** The time that charts and sparklines show. Moments in milliseconds since 1970. */
export interface ChartTime {
  from: number;
  to: number;
  /**
   * `release`: from shortly before gray began until now; `ended`: until shortly after the rollback; `recent`: no release
   * serves gray; `part`: a stretch that the viewer chose.
   */
  kind: 'release' | 'ended' | 'recent' | 'part';
  /** It ends before now: everything in it has been measured. */
  isPast?: boolean;
}

/** What the viewer chose: how much is shown, and where it ends. Null: all of it, and now. */
interface ChartChoice {
  zoomMs: number | null;
  endAt: number | null;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Without gray, milliseconds. */
const RECENT_MS = 15 * MINUTE;
/** Prod's part before gray began: a quarter of the time of gray, of a long release a twelfth. */
const LEAD = 1 / 4;
const LEAD_AT_MOST_MS = 5 * MINUTE;
const LONG_LEAD = 1 / 12;
/** A young release keeps its scale for some seconds, so that the picture does not move each second; milliseconds. */
const YOUNG_MS = [10, 15, 20, 30, 45, 60, 80, 100, 120].map(seconds => seconds * 1000);
/** What `w` and `W` go through, as far as it is shorter than the release; milliseconds. */
const ZOOMS_MS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
  72 * HOUR,
  168 * HOUR,
];

/** When gray first served users of this release; null: it has not. */
function grayBeganAt(release: Release, commits: readonly Commit[]): number | null {
  let began: number | null = null;
  for (let index = commits.length - 1; index >= 0; index--) {
    const commit = commits[index];
    if (commit === undefined || commit.at < release.startedAt) break;
    if (commit.split.live) began = commit.at;
  }
  return began;
}

/** How long a chart is that shows gray for so long, milliseconds. */
function lengthFor(grayMs: number): number {
  const wanted = grayMs + Math.max(Math.min(grayMs * LEAD, LEAD_AT_MOST_MS), grayMs * LONG_LEAD);
  return YOUNG_MS.find(ms => ms >= wanted) ?? wanted;
}

/**
 * All that a chart can show at a moment: the release from shortly before gray began. It stops growing after a rollback, so
 * that the cause stays in sight. Without gray: the last minutes.
 */
export function wholeTime(release: Release | null, commits: readonly Commit[], at: number): ChartTime {
  const recent: ChartTime = {from: at - RECENT_MS, to: at, kind: 'recent'};
  if (release === null || release.state === 'completed') return recent;
  const began = grayBeganAt(release, commits);
  if (began === null) return recent;
  const {rollback} = release;
  const grayMs = Math.max(0, (rollback?.at ?? at) - began);
  const length = lengthFor(grayMs);
  if (rollback === null) return {from: at - length, to: at, kind: 'release'};
  const lead = length - grayMs;
  const to = rollback.at + lead;
  return to < at
    ? {from: began - lead, to, kind: 'ended', isPast: true}
    : {from: began - lead, to: at, kind: 'ended'};
}

/** The part of it that the viewer chose. */
export function chosenTime(whole: ChartTime, {zoomMs, endAt}: ChartChoice): ChartTime {
  const length = whole.to - whole.from;
  if (zoomMs === null || zoomMs >= length) return whole;
  const to = Math.min(whole.to, Math.max(endAt ?? whole.to, whole.from + zoomMs));
  return {from: to - zoomMs, to, kind: 'part', isPast: to < whole.to || whole.isPast === true};
}

/** The next shorter or longer stretch; null: the whole. The same as before: there is none. */
export function nextZoom(zoomMs: number | null, whole: ChartTime, by: 'shorter' | 'longer'): number | null {
  const length = whole.to - whole.from;
  const zooms = ZOOMS_MS.filter(ms => ms < length);
  const now = zoomMs ?? length;
  if (by === 'shorter') return zooms.findLast(ms => ms < now) ?? zoomMs;
  return zooms.find(ms => ms > now) ?? null;
}
