import type {IBufferCell, Terminal} from '@xterm/headless';

/** Colours of a common dark and a common light terminal: background, foreground, and the sixteen. */
const LOOKS = {
  dark: {
    back: '#17181c',
    front: '#d8dadf',
    colors:
      '#2b2d33 #e5534b #7fba5a #d9a343 #6cb6ff #b76bd6 #56b6c2 #d8dadf #7d828c #ff7b72 #a2d67b #f0c060 #96d0ff #dcbdfb #7fd6e0 #ffffff',
  },
  light: {
    back: '#ffffff',
    front: '#1f2328',
    colors:
      '#24292f #b3261e #1b6e3c #8a5a00 #1a5fb4 #8a2da5 #1b7c83 #6e7781 #57606a #a40e26 #1a7f37 #633c01 #218bff #a475f9 #3192aa #8c959f',
  },
} as const;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The visible screen of a terminal as an HTML page, as a dark or a light terminal would show it. */
export function htmlOf(terminal: Terminal, look: keyof typeof LOOKS): string {
  const {back, front, colors} = LOOKS[look];
  const palette = colors.split(' ');
  const {active} = terminal.buffer;
  const cell = active.getNullCell();
  const rows: string[] = [];
  for (let row = 0; row < terminal.rows; row++) {
    const line = active.getLine(active.viewportY + row);
    let html = '';
    let style = '';
    let text = '';
    for (let column = 0; column < terminal.cols; column++) {
      if (line?.getCell(column, cell) === undefined || cell.getWidth() === 0) continue;
      const next = styleOf(cell);
      if (next !== style) {
        html += span(style, text);
        [style, text] = [next, ''];
      }
      text += cell.getChars() === '' ? ' ' : cell.getChars();
    }
    rows.push(html + span(style, text));
  }
  return `<!doctype html><meta charset="utf-8"><style>body{margin:8px;background:${back};color:${front}}
pre{margin:0;font:14px/18px "DejaVu Sans Mono","Noto Sans Mono CJK SC",monospace}</style><pre>${rows.join('\n')}</pre>`;

  function span(style: string, text: string): string {
    return style === '' ? escaped(text) : `<span style="${style}">${escaped(text)}</span>`;
  }

  function styleOf(one: IBufferCell): string {
    const color = one.isFgDefault() ? front : (palette[one.getFgColor()] ?? front);
    const ground = one.isBgDefault() ? back : (palette[one.getBgColor()] ?? back);
    const [ink, paper] = one.isInverse() ? [ground, color] : [color, ground];
    return [
      ink === front ? '' : `color:${ink}`,
      paper === back ? '' : `background:${paper}`,
      one.isBold() ? 'font-weight:bold' : '',
      one.isDim() ? 'opacity:.6' : '',
    ]
      .filter(part => part !== '')
      .join(';');
  }
}
