import type {ReportBlock, ReportCell, ReportDocument} from '../document.ts';
import type {TimeTexts} from '../moments.ts';
import {chartHtml} from './chart.ts';
import {escapeHtml} from './escape.ts';
import {STYLE} from './style.ts';

/** The page loads nothing and runs nothing, so that texts of people stay text. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** Writes a report as one self-contained HTML file. */
export function writeHtml({lang, title, lead, sections}: ReportDocument, moments: TimeTexts): string {
  const parts = sections.map(({title: name, blocks}) => {
    const head = name === '' ? '' : `<h2>${escapeHtml(name)}</h2>\n`;
    return `<section>\n${head}${blocks.map(block => writeBlock(block, moments)).join('\n')}\n</section>`;
  });
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="lead ${lead.tone}">${escapeHtml(lead.text)}</p>
${parts.join('\n')}
</body>
</html>
`;
}

function writeBlock(block: ReportBlock, moments: TimeTexts): string {
  switch (block.kind) {
    case 'text':
      return `<p class="${block.tone ?? 'plain'}">${escapeHtml(block.text)}</p>`;
    case 'facts':
      return `<dl>${block.rows.map(([label, value]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
    case 'table': {
      const head = block.head.map((name, index) => {
        const isNumber = block.rows[0]?.[index]?.isNumber === true;
        return `<th scope="col"${isNumber ? ' class="number"' : ''}>${escapeHtml(name)}</th>`;
      });
      const rows = block.rows.map(cells => `<tr>${cells.map(writeCell).join('')}</tr>`);
      return `<div class="wide"><table><thead><tr>${head.join('')}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
    }
    case 'charts':
      return `<div class="charts">${block.charts.map(chart => chartHtml(chart, moments)).join('\n')}</div>`;
  }
}

function writeCell({text, tone = 'plain', isNumber}: ReportCell): string {
  const classes = isNumber === true ? `${tone} number` : tone;
  return `<td class="${classes}">${escapeHtml(text)}</td>`;
}
