import {describe, expect, it} from 'vitest';
import {clientOf, readTokens, type Client} from '../../source/server/tokens.ts';

const TOKEN = 'a-token-of-the-tests';

function clients(text: string): Client[] {
  const read = readTokens(text);
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  return read.clients;
}

describe('a file of tokens', () => {
  it('names clients and scopes, and keeps no token', () => {
    const read = clients(`# people\n\nci\tread,feedback  ${TOKEN}\r\nops operate ${TOKEN}2\n`);
    expect(read.map(({name, scopes}) => [name, [...scopes]])).toEqual([
      ['ci', ['read', 'feedback']],
      ['ops', ['operate']],
    ]);
    expect(JSON.stringify(read)).not.toContain(TOKEN);
  });

  it('has every mistake reported with its line and without its text', () => {
    const secret = 'do-not-tell-this-one';
    const read = readTokens(
      [
        `ci read ${TOKEN}`,
        `ci read ${secret}`,
        `b read ${TOKEN}`,
        `c writes ${secret}`,
        `d read ${'x'.repeat(513)}`,
        `e read`,
        `f read ${secret} more`,
        `n/m read ${secret}`,
        `g read geheimnis-ünd-mehr`,
      ].join('\n'),
    );
    expect(read).toMatchObject({
      mistakes: [
        {line: 2, message: expect.stringContaining('name is on another line') as string},
        {line: 3, message: expect.stringContaining('token is on another line') as string},
        {line: 4, message: expect.stringContaining('scopes are') as string},
        {line: 5, message: expect.stringContaining('up to 512') as string},
        {line: 6, message: expect.stringContaining('a line must be') as string},
        {line: 7, message: expect.stringContaining('a line must be') as string},
        {line: 8, message: expect.stringContaining('the name takes') as string},
        {line: 9, message: expect.stringContaining('visible ASCII') as string},
      ],
    });
    expect(JSON.stringify(read)).not.toMatch(/do-not-tell|geheimnis|xxx/u);
    expect(readTokens('# nobody\n')).toMatchObject({ok: false});
  });
});

it('a token that can be guessed is accepted and reported with its line', () => {
  const read = readTokens(`ci read s3cret\nops read ${TOKEN}`);
  expect(read).toMatchObject({
    ok: true,
    clients: [{name: 'ci'}, {name: 'ops'}],
    doubts: [{line: 1, message: expect.stringContaining('can be guessed') as string}],
  });
  expect(JSON.stringify(read)).not.toContain('s3cret');
});

describe('the client of a request', () => {
  const known = clients(`ci read ${TOKEN}\nops operate ${TOKEN}-2`);

  it('is found by its token, whatever the case of Bearer', () => {
    expect(clientOf(known, `Bearer ${TOKEN}`)?.name).toBe('ci');
    expect(clientOf(known, `bearer  ${TOKEN}-2 `)?.name).toBe('ops');
  });

  it.each([
    undefined,
    '',
    TOKEN,
    'Bearer',
    'Bearer ',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Bearer ${TOKEN} ${TOKEN}-2`,
    `Bearer ${TOKEN.toUpperCase()}`,
  ])('is unknown with the header %j', header => {
    expect(clientOf(known, header)).toBeNull();
  });
});
