import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {SampleEntry} from '../../../source/store/port.ts';
import {EntryDecoder, type EntryReply} from '../../../source/store/redis/entry-decoder.ts';
import {cpuMs} from '../../cpu.ts';

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

function encode(reply: EntryReply): string {
  if ('error' in reply) return `-${reply.error}\r\n`;
  if (reply.entries.length === 0) return '*-1\r\n';
  const entries = reply.entries.map(
    ({id, fields}) => `*2\r\n${bulk(id)}*${fields.length}\r\n${fields.map(bulk).join('')}`,
  );
  return `*1\r\n*2\r\n${bulk('graydeck:{f}:metrics')}*${entries.length}\r\n${entries.join('')}`;
}

const field = fc.oneof(
  fc.constantFrom('side', 'gray', 'prod', 'requests', '1', '', '\r\n', '*2\r\n', '$-1\r\n', '名', '\u0000'),
  fc.string({unit: 'grapheme', maxLength: 40}),
  fc.nat().map(String),
);
const entry: fc.Arbitrary<SampleEntry> = fc
  .record({at: fc.nat({max: 2 ** 45}), seq: fc.nat(), fields: fc.array(field, {maxLength: 12})})
  .map(({at, seq, fields}) => ({id: `${at}-${seq}`, at, fields}));
const reply: fc.Arbitrary<EntryReply> = fc.oneof(
  {weight: 5, arbitrary: fc.record({entries: fc.array(entry, {maxLength: 20})})},
  {weight: 1, arbitrary: fc.constantFrom({error: 'WRONGTYPE not a stream'}, {error: 'ERR'})},
);

describe('replies of a stream', () => {
  it('are read the same wherever the network cuts them', () => {
    fc.assert(
      fc.property(
        fc.array(reply, {maxLength: 6}),
        fc.infiniteStream(fc.integer({min: 1, max: 60})),
        (replies, cuts) => {
          const bytes = Buffer.from(replies.map(encode).join(''));
          const read: EntryReply[] = [];
          const decoder = new EntryDecoder(reply => read.push(reply));
          for (let at = 0; at < bytes.length;) {
            const to = at + cuts.next().value!;
            decoder.push(bytes.subarray(at, to));
            at = to;
          }
          expect(read).toEqual(replies);
        },
      ),
    );
  });

  it('of megabytes are joined once, not with every piece, and only the beginning of a text is kept', () => {
    const long = 'x'.repeat(20_000_000);
    const bytes = Buffer.from(
      encode({entries: [{id: '1-0', at: 1, fields: ['sketch', long, 'after', 'it']}]}),
    );
    const read: EntryReply[] = [];
    const decoder = new EntryDecoder(reply => read.push(reply));
    const spent = cpuMs(() => {
      for (let at = 0; at < bytes.length; at += 1000) decoder.push(bytes.subarray(at, at + 1000));
    });
    // Joined with each of the 20 000 pieces it would be 200 GB to copy.
    expect(spent).toBeLessThan(5000);
    const kept = 'x'.repeat(131_072);
    expect(read).toEqual([{entries: [{id: '1-0', at: 1, fields: ['sketch', kept, 'after', 'it']}]}]);
  });

  it('of anything else are an error, not a guess', () => {
    for (const bytes of ['+PONG\r\n', ':1\r\n', '$2\r\nOK\r\n']) {
      const decoder = new EntryDecoder(() => undefined);
      expect(() => decoder.push(Buffer.from(bytes))).toThrow(/Protocol error/);
    }
  });

  it('may follow the OK to ASKING', () => {
    const read: EntryReply[] = [];
    const decoder = new EntryDecoder(reply => read.push(reply));
    for (const byte of '+OK\r\n*-1\r\n+OK\r\n-MOVED 1 a:1\r\n') decoder.push(Buffer.from(byte));
    expect(read).toEqual([{entries: []}, {error: 'MOVED 1 a:1'}]);
  });
});
