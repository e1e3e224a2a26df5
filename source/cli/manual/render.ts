import {lexer, type Token, type Tokens} from 'marked';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type {Paint} from '../output/output.ts';

/** Columns of a page: never more, because longer lines are hard to read. */
const WIDEST = 100;
const NARROWEST = 40;

/** The lines of a Markdown page for a terminal of this many columns. Code is never wrapped, so that it can be copied. */
export function renderPage(markdown: string, columns: number, paint: Paint): string[] {
  const width = Math.max(NARROWEST, Math.min(WIDEST, columns));
  const lines = blocksOf(lexer(markdown), width, paint);
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function blocksOf(tokens: readonly Token[], width: number, paint: Paint): string[] {
  return tokens.flatMap(token => blockOf(token as Tokens.Generic, width, paint));
}

/** The lines of a block, with an empty line after it. */
function blockOf(token: Tokens.Generic, width: number, paint: Paint): string[] {
  switch (token.type) {
    case 'heading':
      return [
        paint(
          'bold',
          inlineOf(token.tokens, (_, text) => text),
        ),
        '',
      ];
    case 'paragraph':
      return [...wrapped(inlineOf(token.tokens, paint), width), ''];
    case 'text':
      return wrapped(inlineOf(token.tokens ?? [token], paint), width);
    case 'code':
      return [
        ...String(token['text'])
          .split('\n')
          .map(line => `    ${paint('cyan', line)}`),
        '',
      ];
    case 'list':
      return [...listOf(token as Tokens.List, width, paint), ''];
    case 'table':
      return [...tableOf(token as Tokens.Table, width, paint), ''];
    case 'blockquote':
      return blocksOf(token.tokens ?? [], width - 2, paint).map(line => `  ${line}`);
    default:
      // Spaces, rules and comments, such as the marks of a generated table.
      return [];
  }
}

function listOf({items, ordered, start}: Tokens.List, width: number, paint: Paint): string[] {
  return items.flatMap(({tokens}, index) => {
    const mark = ordered ? `${Number(start) + index}. ` : '- ';
    const lines = blocksOf(tokens, width - mark.length, paint);
    while (lines.at(-1) === '') lines.pop();
    return lines.map((line, at) => (at === 0 ? mark : line === '' ? '' : ' '.repeat(mark.length)) + line);
  });
}

/** Columns side by side. If they do not fit, the widest give way and their texts wrap. */
function tableOf({header, rows}: Tokens.Table, width: number, paint: Paint): string[] {
  const texts = [header, ...rows].map(row => row.map(({tokens}) => inlineOf(tokens, paint)));
  const widths = header.map((_, at) => Math.max(...texts.map(row => stringWidth(row[at] ?? ''))));
  const gaps = 2 * (widths.length - 1);
  while (widths.reduce((sum, one) => sum + one, gaps) > width) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= 8) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return texts.flatMap((row, index) => {
    const cells = row.map((text, at) => wrapped(text, widths[at] ?? 1));
    const height = Math.max(...cells.map(cell => cell.length));
    return Array.from({length: height}, (_, line) => {
      const parts = cells.map((cell, at) => padded(cell[line] ?? '', widths[at] ?? 1));
      const joined = parts.join('  ').trimEnd();
      return index === 0 ? paint('bold', joined) : joined;
    });
  });
}

const padded = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - stringWidth(text)));

function wrapped(text: string, width: number): string[] {
  return wrapAnsi(text.replaceAll('\n', ' '), width, {hard: true, trim: true}).split('\n');
}

function inlineOf(tokens: readonly Token[] | undefined, paint: Paint): string {
  return (tokens ?? []).map(token => spanOf(token as Tokens.Generic, paint)).join('');
}

function spanOf(token: Tokens.Generic, paint: Paint): string {
  switch (token.type) {
    case 'strong':
    case 'em':
      return paint('bold', inlineOf(token.tokens, paint));
    case 'codespan': {
      // Without colour the marks stay: they say where a command ends and the sentence goes on.
      const marked = `\`${String(token['text'])}\``;
      const painted = paint('cyan', String(token['text']));
      return painted === token['text'] ? marked : painted;
    }
    case 'link':
      return linkOf(inlineOf(token.tokens, paint), String(token['href']));
    case 'br':
      return ' ';
    case 'html':
      return '';
    default:
      return token.tokens === undefined ? String(token['text']) : inlineOf(token.tokens, paint);
  }
}

/** A link to another page names its topic; a link into the web its address; a file of the repository only its text. */
function linkOf(text: string, href: string): string {
  const topic = /^(?<name>[a-z]+)\.md(?:#.*)?$/u.exec(href)?.groups?.['name'];
  if (topic !== undefined) return `${text} (graydeck help ${topic})`;
  return /^https?:/u.test(href) && text !== href ? `${text} (${href})` : text;
}
