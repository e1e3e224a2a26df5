import {SIDE_COLORS} from '../../analysis/side-colors.ts';
import type {ReportBlock, ReportCell, ReportDocument} from '../document.ts';
import type {TimeTexts} from '../moments.ts';
import {chartHtml} from './chart.ts';
import {escapeHtml} from './escape.ts';

const {prod, gray} = SIDE_COLORS;

/** Style of the report, light and dark. Prod is blue and dashed, gray is orange and solid. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2024; --quiet: #60666d; --line: #d9dde1; --band: #f4f6f8;
  --prod: ${prod.onLight}; --gray: ${gray.onLight}; --bad: #b3261e; --warn: #8a5a00; --good: #1b6e3c; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --ink: #e6e8ea; --quiet: #9aa1a8; --line: #343a40; --band: #1d2125;
    --prod: ${prod.onDark}; --gray: ${gray.onDark}; --bad: #ff8a80; --warn: #f0c060; --good: #7fd6a0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
.lead { font-size: 1.15rem; font-weight: 600; border-left: .3rem solid; padding: .4rem .8rem; overflow-wrap: anywhere; }
.bad { color: var(--bad); } .warn { color: var(--warn); } .good { color: var(--good); } .quiet { color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } .wide + .wide { margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem; border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 600; white-space: nowrap; } tbody tr:nth-child(even) { background: var(--band); }
.number { text-align: right; white-space: nowrap; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1.5rem; }
figure { margin: 0; } figcaption { display: flex; gap: 1rem; font-weight: 600; margin-bottom: .25rem; flex-wrap: wrap; }
figcaption span { font-weight: 400; } .of-prod { color: var(--prod); } .of-gray { color: var(--gray); }
svg { width: 100%; height: auto; display: block; }
svg .axis { stroke: var(--line); stroke-width: 1; } svg text { fill: var(--quiet); font: 11px system-ui, sans-serif; }
svg .prod { stroke: var(--prod); stroke-dasharray: 5 3; } svg .gray { stroke: var(--gray); }
svg .prod, svg .gray { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
svg .mark { stroke-width: 1.2; stroke-dasharray: 2 2; } svg .mark.bad { stroke: var(--bad); } svg .mark.warn { stroke: var(--warn); }
@media (max-width: 40rem) { body { padding: 1rem .75rem 2rem; } table { font-size: .8rem; } th, td { padding: .3rem .4rem; }
  th, .number { white-space: normal; } td { overflow-wrap: break-word; } td:first-child { min-width: 4.5em; } svg text { font-size: 15px; } }
@media print { html { font-size: 11px; } body { max-width: none; padding: 0; font-size: 11px; } .wide { overflow: visible; }
  th, .number { white-space: normal; } td { overflow-wrap: break-word; } .charts { grid-template-columns: 1fr 1fr; }
  h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
`;

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
