import {cpuMs} from '../cpu.ts';
import {describe, expect, test} from 'vitest';
import {mistakeLines} from '../../source/config/yaml/mistake.ts';
import {openYaml} from '../../source/config/yaml/file.ts';

function places(text: string): string[] {
  return openYaml(text, 'f.yaml').mistakes.map(({line, column, message}) => `${line}:${column} ${message}`);
}

describe('a syntax fault is told where it begins', () => {
  test.each([
    ['a:\n\tb: 1', '2:1 a tab is used to indent'],
    ['a: [1, 2\nb: 3', '1:4 [ is opened here and never closed'],
    ['a: {b: 1', '1:4 { is opened here and never closed'],
    ['a: "x\nb: 1', '1:4 " is opened here and never closed'],
    ['a: b: c', '1:4 a second ": " in one line'],
    ['a: 1\n b: 2', '1:4 the next line is indented as if it belonged to this value'],
    ['a:\n  - b\n c: 1', '3:1 the indentation does not fit the lines above'],
    ['a: 1\n---\nb: 2', '2:1 a second document begins after ---'],
    ['a: @x', '1:4 a value cannot begin with this sign unless it is quoted'],
    ['a: !foo 1', '1:4 tags are not understood here'],
    ['- a\nb: 1', '2:1 this does not belong here'],
    ['{', '1:1 { is opened here and never closed'],
    ['', '1:1 the file holds nothing'],
    ['# only words', '1:1 the file holds nothing'],
    ['a: *b', '1:4 no anchor &b stands before it'],
    ['a: &a [*a]', '1:8 *a contains itself'],
    ['<<: 3', '1:1 << merges mappings only'],
    ['? [a]\n: b', '1:3 a key must be plain text'],
  ])('%j', (text, place) => {
    expect(places(text)).toEqual([place]);
  });

  test('a key that stands twice is told for each, and the rest of the file is read on', () => {
    const {file, mistakes} = openYaml('a: 1\nb: {c: 1, c: 2}\na: 2', 'f.yaml');
    expect(file).not.toBeNull();
    expect(mistakes.map(({line, column, path}) => [line, column, path])).toEqual([
      [2, 11, 'b.c'],
      [3, 1, 'a'],
    ]);
  });
});

describe('what would be too much is refused', () => {
  test('a file above 256 KiB', () => {
    expect(places('a'.repeat(256 * 1024 + 1))).toEqual(['1:1 the file has 257 KiB']);
  });

  test('letters are counted in bytes', () => {
    expect(places('灰'.repeat(100_000))[0]).toContain('293 KiB');
  });

  test('aliases that unfold into millions of values', () => {
    const rows = ['a: &a [1,1,1,1,1,1,1,1,1]'];
    for (const [now, before] of [
      ['b', 'a'],
      ['c', 'b'],
      ['d', 'c'],
      ['e', 'd'],
      ['f', 'e'],
      ['g', 'f'],
    ] as const)
      rows.push(`${now}: &${now} [${Array.from({length: 9}, () => `*${before}`).join(',')}]`);
    expect(places(rows.join('\n'))).toEqual(['1:1 its aliases unfold into more than can be read']);
  });

  test('more aliases than anybody writes', () => {
    expect(places(`a: &a 1\nb: [${Array.from({length: 101}, () => '*a').join(', ')}]`)[0]).toContain(
      'too many aliases',
    );
  });

  test.each([
    '['.repeat(100_000),
    '- '.repeat(100_000),
    '{a: '.repeat(20_000),
    `${'['.repeat(40)}${']'.repeat(40)}`,
  ])('nesting beyond reason', text => {
    expect(openYaml(text, 'f.yaml')).toMatchObject({file: null, mistakes: [{line: 1}]});
  });
});

describe('what is read', () => {
  test.each([
    ['JSON with tabs', '{\n\t"a": [\n\t\t1\n\t]\n}', {a: [1]}],
    ['a byte order mark', '\ufeffa: 1', {a: 1}],
    ['lines of Windows', 'a: 1\r\nb:\r\n  - 2\r\n', {a: 1, b: [2]}],
    ['anchors and merges', 'x: &x {b: 1}\nc: {<<: *x, d: 2}', {x: {b: 1}, c: {b: 1, d: 2}}],
    ['words that YAML 1.1 took for truth', 'a: no\nb: NO\nc: 12:30', {a: 'no', b: 'NO', c: '12:30'}],
    ['a key that is a trap elsewhere', '{"__proto__": {"x": 1}}', JSON.parse('{"__proto__": {"x": 1}}')],
  ])('%s', (_, text, value) => {
    expect(openYaml(text, 'f.yaml').file?.value).toEqual(value);
  });
});

describe('the place inside a text', () => {
  const at = (text: string, inside: number) => {
    const {line, column} = openYaml(text, 'f.yaml').file!.mistake(['a'], {
      message: '',
      allowed: '',
      at: inside,
    });
    return `${line}:${column}`;
  };
  test.each([
    ['a: hello', 2, '1:6'],
    ['a: "hello"', 2, '1:7'],
    ["a: 'hello'", 2, '1:7'],
    ['a: "h\\u0065llo"', 2, '1:4'],
    ['a: |\n  hello', 2, '1:4'],
    ['x: &x hello\na: *x', 2, '2:4'],
  ])('%j', (text, inside, place) => {
    expect(at(text, inside)).toBe(place);
  });
});

test('a mistake shows no control signs, no bidi signs and no password of an address', () => {
  const text = 'store: redis://deck:hunter2@host\n"a\\u001b[2Jb\\u202ec": 1\n';
  const {file} = openYaml(text, 'evil\u001b]0;x.yaml');
  const lines = [
    ...mistakeLines(file!.mistake(['store'], {message: 'm', allowed: 'a'})),
    ...mistakeLines(file!.mistake(['a\u001b[2Jb\u202ec'], {message: 'm', allowed: 'a'}, 'key')),
  ].join('\n');
  expect(lines).not.toContain('hunter2');
  expect(lines).not.toMatch(/[\p{Cf}]|[^\P{Cc}\n]/u);
  expect(lines).toContain('redis://***@host');
});

test.each(['[,,,', '{,', ']', '[[', '"', '!!x ', '%\n'])(
  '200 kB of %j are refused with a place, in little time',
  piece => {
    let mistakes: unknown[] = [];
    const spent = cpuMs(() => {
      ({mistakes} = openYaml(`[${piece.repeat(Math.floor(200_000 / piece.length))}`, 'graydeck.yaml'));
    });
    expect(mistakes[0]).toMatchObject({
      line: expect.any(Number) as number,
      column: expect.any(Number) as number,
    });
    expect(spent).toBeLessThan(2500);
  },
);
