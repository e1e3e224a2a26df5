import {setPercent} from '../../text/format.ts';
import {columnsOf, say, type Line, type Piece, type Tone} from './line.ts';
import type {ViewModel} from './view-model.ts';

/** The way from 0 to 100 %: what is set, drawn heavy, and where each phase stands. */
export interface Track {
  bar: Line;
  /** Names of the phases under their percentages. */
  labels: Line;
}

interface Label {
  text: string;
  /** Column of its percentage. */
  at: number;
  isCurrent: boolean;
}

function columnOf(percent: number, width: number): number {
  return Math.round((percent / 100) * (width - 1));
}

/** Neighbours of one tone become one piece: fewer colour codes on the wire. */
function merged(glyphs: readonly {glyph: string; tone: Tone}[]): Piece[] {
  const pieces: Piece[] = [];
  for (const {glyph, tone} of glyphs) {
    const last = pieces.at(-1);
    if (last?.tone === tone) last.text += glyph;
    else pieces.push(say(glyph, tone));
  }
  return pieces;
}

function bar(set: number, stops: ReadonlySet<number>, inner: number): Piece[] {
  const reached = set === 0 ? -1 : columnOf(set, inner);
  return merged(
    Array.from({length: inner}, (_, at) => {
      const isStop = stops.has(at);
      if (at > reached) return {glyph: isStop ? '┼' : '─', tone: 'frame'} as const;
      const isTip = at === reached && at < inner - 1;
      return {glyph: isTip ? (isStop ? '┫' : '╸') : isStop ? '╋' : '━', tone: 'sparkGray'} as const;
    }),
  );
}

/** Each label stands under its percentage as far as room allows; the current phase's always, others if they fit. */
function labelLine(labels: readonly Label[], inner: number): Line {
  const pieces: Piece[] = [say(' ')];
  let used = 0;
  for (const [index, label] of labels.entries()) {
    const wide = columnsOf(label.text);
    const start = Math.min(Math.max(used, label.at - Math.floor(wide / 2)), inner - wide);
    const current = labels.slice(index + 1).find(({isCurrent}) => isCurrent);
    const isInTheWay =
      current !== undefined && start + wide >= current.at - Math.floor(columnsOf(current.text) / 2);
    if (start < used || (isInTheWay && !label.isCurrent)) continue;
    pieces.push(
      say(' '.repeat(start - used)),
      say(label.text, label.isCurrent ? 'strong' : 'quiet'),
      say(' '),
    );
    used = start + wide + 1;
  }
  return pieces;
}

/** Draws the track `width` columns wide, one of them blank on each side. */
export function track({reading, clean}: ViewModel, width: number): Track {
  const {release} = reading.snapshot.state;
  const inner = Math.max(10, width - 2);
  if (release === null) return {bar: [say(' '), say('─'.repeat(inner), 'quiet')], labels: []};
  const set = release.state === 'completed' ? 100 : reading.snapshot.split.percent;
  const {phases} = release.plan;
  const stops = new Set(phases.map(phase => columnOf(phase.percent, inner)));
  const labels = phases.map((phase, index) => ({
    text: `${clean.name(phase.name, 20)} ${setPercent(phase.percent)}`,
    at: columnOf(phase.percent, inner),
    isCurrent: index === release.phase && release.state !== 'completed',
  }));
  return {bar: [say(' '), ...bar(set, stops, inner)], labels: labelLine(labels, inner)};
}
