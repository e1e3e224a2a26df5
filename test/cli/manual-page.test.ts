import {describe, expect, test} from 'vitest';
import {renderPage} from '../../source/cli/manual/render.ts';
import {styleText} from 'node:util';

const plain = (_format: unknown, text: string) => text;
const page = (markdown: string, columns = 40) => renderPage(markdown, columns, plain);

describe('a page of the manual in a terminal', () => {
  test('wraps sentences, and leaves code as it is', () => {
    const code = 'graydeck start v1.1.0 --feature new_payment --plan payment.yaml';
    expect(
      page(`# Title\n\nA sentence that is longer than forty columns.\n\n\`\`\`sh stays\n${code}\n\`\`\``),
    ).toEqual(['Title', '', 'A sentence that is longer than forty', 'columns.', '', `    ${code}`]);
  });

  test('indents lists, and names the topic of a link', () => {
    expect(page('- one that is so long that it has to be wrapped\n- see [Redis](redis.md)')).toEqual([
      '- one that is so long that it has to be',
      '  wrapped',
      '- see Redis (graydeck help redis)',
    ]);
  });

  test('wraps the cells of a table that is too wide', () => {
    expect(page('| key | does |\n| --- | --- |\n| `g` | set a percent, where a raise asks first |')).toEqual([
      'key  does',
      '`g`  set a percent, where a raise asks',
      '     first',
    ]);
  });

  test('leaves out the marks of generated tables, and marks code only without colour', () => {
    expect(page('<!-- keys -->\n\ntext `code`')).toEqual(['text `code`']);
    const painted = renderPage('text `code`', 40, (format, text) =>
      styleText(format, text, {validateStream: false}),
    );
    expect(painted.join('')).not.toContain('`');
  });
});
