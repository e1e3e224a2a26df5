import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
  fillTemplate,
  placeholdersOf,
  readTemplate,
  type QueryTemplate,
  type QueryValues,
} from '../../source/analysis/query-template.ts';

const VALUES: QueryValues = {
  side: 'gray',
  version: 'v1.1.0',
  feature: 'new_payment',
  release: 'r-1',
  windowMs: 120_000,
  match: [{label: 'side', values: ['gray']}],
};

function templateOf(text: string): QueryTemplate {
  const read = readTemplate(text);
  if (!read.ok) throw new Error(read.problem.message);
  return read.template;
}

function filled(text: string, values: Partial<QueryValues> = {}): string {
  const result = fillTemplate(templateOf(text), {...VALUES, ...values});
  if (!result.ok) throw new Error(`{{${result.missing}}} is missing`);
  return result.query;
}

test('placeholders become label values, durations and matchers', () => {
  expect(filled('rate(x{side="{{side}}",v=\'{{ version }}\'}[{{window}}])')).toBe(
    'rate(x{side="gray",v=\'v1.1.0\'}[120000ms])',
  );
  expect(filled('x{a="1",{{match}}}')).toBe('x{a="1",side="gray"}');
  const listed = [
    {label: 'env', values: ['live']},
    {label: 'instance', values: ['web-1:9100', 'web.2:9100']},
  ];
  expect(filled('x{{{match}}}', {match: listed})).toBe(
    String.raw`x{env="live",instance=~"web-1:9100|web\\.2:9100"}`,
  );
  expect(filled('x{{{match}}}', {match: []})).toBe('x{}');
  expect(filled('x{{{match}}}', {match: [{label: 'instance', values: []}]})).toBe(
    'x{instance="",instance!=""}',
  );
});

test('a version compared by a pattern is taken letter by letter', () => {
  expect(filled('x{v=~"{{version}}-.*"}', {version: 'v1.*'})).toBe(String.raw`x{v=~"v1\\.\\*-.*"}`);
  expect(filled('x{v!~ "{{version}}"}', {version: 'a|b'})).toBe(String.raw`x{v!~ "a\\|b"}`);
  expect(filled('x{v="{{version}}"}', {version: 'a|b'})).toBe('x{v="a|b"}');
});

test('a query is not asked while a placeholder in it stands for nothing', () => {
  const template = templateOf('x{v="{{version}}"}');
  expect(fillTemplate(template, {...VALUES, version: null})).toEqual({ok: false, missing: 'version'});
  expect(fillTemplate(template, {...VALUES, version: ''})).toEqual({ok: false, missing: 'version'});
});

test('comments and strings that hold braces are left alone', () => {
  const text = 'x{a="{{ not one }}", b=`}}{{`} # why { " is here\n + y{{{match}}}';
  expect(filled(text)).toBe('x{a="{{ not one }}", b=`}}{{`} # why { " is here\n + y{side="gray"}');
  expect([...placeholdersOf(templateOf(text))]).toEqual(['match']);
});

test.each([
  ['x{a="{{match}}"}', 'must not stand in a text'],
  ['x[{{side}}]', 'must stand between'],
  ['x # {{version}}', 'stands in a comment'],
  ['x{a="\\"}', 'never closed'],
  ['{{match}}', 'belongs between { and }'],
  ['{{foo}}', '{{foo}} stands for nothing'],
])('%s is no template', (text, what) => {
  const read = readTemplate(text);
  expect(read.ok ? '' : read.problem.message).toContain(what);
});

test('a label that is none is never put in', () => {
  const match = [{label: 'a"}', values: ['b']}];
  expect(() => filled('x{{{match}}}', {match})).toThrow(TypeError);
});

test('whatever a version is called, it stays inside its string', () => {
  const hostile = fc.oneof(
    fc.string({unit: 'binary', minLength: 1}),
    fc.string({
      unit: fc.constantFrom('"', "'", '\\', '`', '\n', '}', '{', '#', 'a', '|', '.', '(', ')'),
      minLength: 1,
    }),
  );
  const law = fc.property(hostile, fc.constantFrom('"', "'"), fc.boolean(), (version, quote, isPattern) => {
    const sign = isPattern ? '=~' : '=';
    const query = filled(`x{v${sign}${quote}{{version}}${quote}} > 1`, {version});
    const inside = query.slice(`x{v${sign}${quote}`.length, -`${quote}} > 1`.length);
    // No quote that is not escaped, no backslash without a letter to escape, no end of the line.
    expect(inside).toMatch(
      quote === '"'
        ? /^(?:\\(?:["\\]|u[\da-f]{4})|[^"\\\p{Cc}])*$/u
        : /^(?:\\(?:['\\]|u[\da-f]{4})|[^'\\\p{Cc}])*$/u,
    );
  });
  fc.assert(law);
});
