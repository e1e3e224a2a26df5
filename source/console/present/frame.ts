import {fit, say, widthOf, type Line, type Piece, type Tone} from './line.ts';
import type {Panel} from './sides/sides.ts';

function edge(
  [left, right]: readonly [string, string],
  {mark = say(' '), content = [], end = []}: {mark?: Piece; content?: Line; end?: Line},
  width: number,
  tone: Tone,
): Line {
  const endWidth = widthOf(end);
  const hasEnd = endWidth > 0 && endWidth + 8 < width;
  const room = width - 2 - (hasEnd ? endWidth + 3 : 0);
  const title = widthOf(content) > 0 ? [mark, ...content, say(' ')] : [];
  const shown = widthOf(title) > room ? fit(title, room) : title;
  const line: Piece[] = [
    say(left, tone),
    ...shown,
    say('─'.repeat(Math.max(0, room - widthOf(shown))), tone),
  ];
  if (hasEnd) line.push(say(' '), ...end, say(' '), say('─', tone));
  line.push(say(right, tone));
  return line;
}

/** A panel in its frame: exactly `height` rows of exactly `width` columns. */
export function framed(panel: Panel, about: {width: number; height: number; hasFocus: boolean}): Line[] {
  const {width, height, hasFocus} = about;
  const {tone} = panel;
  // Only the top edge tells the focus: to light the whole frame would redraw every row of it at each Tab.
  const top: Tone = tone === 'frame' && hasFocus ? 'focus' : tone;
  const inner = width - 4;
  const lines: Line[] = [
    edge(
      ['╭', '╮'],
      {mark: say(hasFocus ? '▸' : ' ', 'strong'), content: panel.title, end: panel.note},
      width,
      top,
    ),
  ];
  for (let row = 0; row < height - 2; row++) {
    lines.push([say('│ ', tone), ...fit(panel.rows[row] ?? [], inner), say(' │', tone)]);
  }
  lines.push(edge(['╰', '╯'], {}, width, tone));
  return lines.slice(0, Math.max(0, height));
}
