import type {IBufferCell, Terminal} from '@xterm/headless';

/** The rows of the visible screen, without trailing blanks; as many as the terminal has. */
export function rowsOf(terminal: Terminal): string[] {
  const {active} = terminal.buffer;
  return Array.from({length: terminal.rows}, (_, row) => {
    // Cut at the width: after a shrink the buffer keeps what the line held beyond it.
    const text = active.getLine(active.viewportY + row)?.translateToString(false, 0, terminal.cols);
    return (text ?? '').trimEnd();
  });
}

/** Calls `visit` for each cell of the visible screen; the same cell object is handed over each time. */
function forEachCell(terminal: Terminal, visit: (cell: IBufferCell) => void): void {
  const {active} = terminal.buffer;
  const cell = active.getNullCell();
  for (let row = 0; row < terminal.rows; row++) {
    const line = active.getLine(active.viewportY + row);
    for (let column = 0; column < terminal.cols; column++) {
      if (line?.getCell(column, cell)) {
        visit(cell);
      }
    }
  }
}

/** How many cells show anything: a glyph, a background, an inversion. */
export function filledCells(terminal: Terminal): number {
  let filled = 0;
  forEachCell(terminal, cell => {
    filled += cell.getCode() > 32 || !cell.isBgDefault() || cell.isInverse() ? 1 : 0;
  });
  return filled;
}

/** All that a person can see, glyphs, colours, styles and the cursor's place, as a value to compare. */
export function pictureOf(terminal: Terminal): string {
  const seen: number[] = [terminal.cols, terminal.rows];
  forEachCell(terminal, cell => {
    const style = [cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isInverse()];
    const bits = style.reduce((sum, flag, place) => sum + (flag === 0 ? 0 : 1 << place), 0);
    const colours = [cell.getFgColorMode() + cell.getFgColor(), cell.getBgColorMode() + cell.getBgColor()];
    seen.push(cell.getCode(), bits, ...colours);
  });
  const {cursorX, cursorY} = terminal.buffer.active;
  return [...seen, cursorX, cursorY].join(' ');
}
