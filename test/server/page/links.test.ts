import {describe, expect, it} from 'vitest';
import {
  endedIn,
  linkOf,
  linksIn,
  makeLink,
  watchingIn,
  watchingRecord,
} from '../../../source/server/page/links.ts';

const NOW = 1_800_000_000_000;
const about = {by: 'liu', createdAt: NOW, until: NOW + 1000, mask: true};

function store(...records: {name: string; text: string}[]): Map<string, string> {
  return new Map(records.map(({name, text}) => [name, text]));
}

describe('a link', () => {
  it('is known by its token alone, and what is stored does not hold it', () => {
    const [one, other] = [makeLink(about), makeLink({...about, mask: false})];
    const links = linksIn(store(one.record, other.record));
    expect(linkOf(links, one.token, NOW)).toMatchObject({by: 'liu', mask: true});
    expect(linkOf(links, other.token, NOW)).toMatchObject({mask: false});
    expect(one.token).toMatch(/^[\w-]{44}$/u);
    expect(JSON.stringify(one.record)).not.toContain(one.token.slice(12));
    // The name of one link with the secret of another.
    expect(linkOf(links, one.token.slice(0, 12) + other.token.slice(12), NOW)).toBeNull();
    for (const wrong of ['', 'x', one.token.slice(1), `${one.token}x`, `${one.token.slice(0, -1)}!`])
      expect(linkOf(links, wrong, NOW)).toBeNull();
  });

  it('ends at its time', () => {
    const {token, record} = makeLink(about);
    const records = store(record);
    expect(linkOf(linksIn(records), token, NOW + 999)).not.toBeNull();
    expect(linkOf(linksIn(records), token, NOW + 1000)).toBeNull();
    expect(endedIn(records, NOW + 999)).toEqual([]);
    expect(endedIn(records, NOW + 1000)).toEqual([record.name]);
  });

  it('is none where the record is none', () => {
    const {record} = makeLink(about);
    for (const text of ['', 'no json', '{}', '[]', 'null', '{"salt":1}'])
      expect(linksIn(store({...record, text}))).toEqual([]);
  });

  it('tells how many watch, of every process that lives', () => {
    const records = store(
      makeLink(about).record,
      watchingRecord('a', 3, NOW),
      watchingRecord('b', 4, NOW),
      watchingRecord('c', 9, NOW - 60_000),
      {name: 'watching d', text: '{"count":-1,"at":1e99}'},
    );
    expect(watchingIn(records, NOW)).toBe(7);
    expect(endedIn(records, NOW)).toEqual(['watching c', 'watching d']);
  });
});
