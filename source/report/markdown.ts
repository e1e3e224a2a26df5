import {plainText} from '../text/plain-text.ts';
import type {ReportBlock, ReportCell, ReportChart, ReportDocument} from './document.ts';

const BARS = '▁▂▃▄▅▆▇█';
const WIDTH = 60;

/** Writes a report as GitHub-flavoured Markdown. Each chart line is a row of bars. */
export function writeMarkdown({title, lead, sections}: ReportDocument): string {
  const parts = [`# ${plain(title)}`, `**${plain(lead.text)}**`];
  for (const {title: name, blocks} of sections) {
    if (name !== '') parts.push(`## ${plain(name)}`);
    parts.push(...blocks.map(writeBlock));
  }
  return `${parts.join('\n\n')}\n`;
}

function writeBlock(block: ReportBlock): string {
  switch (block.kind) {
    case 'text':
      return plain(block.text);
    case 'facts':
      return block.rows.map(([label, value]) => `- ${plain(label)}: ${plain(value)}`).join('\n');
    case 'table':
      return [
        row(block.head.map(plain)),
        row(block.head.map((_, index) => (block.rows[0]?.[index]?.isNumber === true ? '---:' : '---'))),
        ...block.rows.map(cells => row(cells.map(writeCell))),
      ].join('\n');
    case 'charts':
      return block.charts.map(writeChart).join('\n\n');
  }
}

function writeCell({text, tone}: ReportCell): string {
  const written = plain(text);
  return tone === 'bad' && written !== '' ? `**${written}**` : written;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Both lines have the same scale, from 0. */
function writeChart({title, unit, lines}: ReportChart): string {
  const known = lines.flatMap(({values}) => values.filter(value => value !== null));
  const most = Math.max(...known, 0);
  const width = Math.max(...lines.map(({name}) => name.length));
  const rows = lines.map(({name, values}) => `${name.padEnd(width)} ${bars(values, most)}`);
  return [plain(title), '```', ...rows, `0 – ${Number(most.toPrecision(3))} ${unit}`, '```'].join('\n');
}

function bars(values: readonly (number | null)[], most: number): string {
  const columns = Math.min(WIDTH, values.length);
  return Array.from({length: columns}, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    const known = values.slice(from, to).filter(value => value !== null);
    if (known.length === 0) return ' ';
    const share = most === 0 ? 0 : Math.max(...known) / most;
    return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))] ?? ' ';
  }).join('');
}

/** Escapes a text for Markdown, HTML and a terminal, on one line. */
function plain(text: string): string {
  return plainText(text)
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\\`*_{}[\]|~]/gu, String.raw`\$&`)
    .replaceAll('<', '&lt;')
    .replace(/^[#+>-]/u, String.raw`\$&`)
    .replace(/^(\d+)([.)])(?=\s|$)/u, String.raw`$1\$2`)
    .trim();
}
