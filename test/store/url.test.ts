import {inspect} from 'node:util';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {StoreFault} from '../../source/store/fault.ts';
import {Secret} from '../../source/store/secret.ts';
import {parseStoreUrl, withPasswords, type RedisTarget} from '../../source/store/url.ts';

function faultOf(url: string): StoreFault {
  try {
    parseStoreUrl(url);
  } catch (error) {
    if (error instanceof StoreFault) return error;
    throw error;
  }
  throw new Error(`${url} was taken`);
}

function redis(url: string): RedisTarget {
  const target = parseStoreUrl(url);
  if (target.kind !== 'redis') throw new Error(`${url} is no Redis`);
  return target;
}

/** Everything of it that could reach a screen or a log file. */
const shown = (value: unknown) => `${inspect(value, {depth: 9, showHidden: true})} ${JSON.stringify(value)}`;

describe('the address of a store', () => {
  it.each([
    ['sqlite:/var/lib/graydeck.db', '/var/lib/graydeck.db'],
    ['sqlite:///var/lib/graydeck.db', '/var/lib/graydeck.db'],
    ['sqlite:deck.db', 'deck.db'],
    ['sqlite:./my decks/灰度?.db', './my decks/灰度?.db'],
  ])('%s is a file', (url, path) => {
    expect(parseStoreUrl(url)).toEqual({kind: 'sqlite', path, label: `sqlite:${path}`});
  });

  it.each<[string, RedisTarget['via'], number, string]>([
    ['redis://cache', {type: 'host', host: 'cache', port: 6379}, 0, 'redis://cache:6379/0'],
    ['redis://cache/', {type: 'host', host: 'cache', port: 6379}, 0, 'redis://cache:6379/0'],
    ['redis://10.0.0.1:7000/3', {type: 'host', host: '10.0.0.1', port: 7000}, 3, 'redis://10.0.0.1:7000/3'],
    ['redis://[::1]:7000', {type: 'host', host: '[::1]', port: 7000}, 0, 'redis://[::1]:7000/0'],
    ['redis+unix:///run/r.sock', {type: 'socket', path: '/run/r.sock'}, 0, 'redis+unix:///run/r.sock'],
    [
      'redis+unix:///run/r.sock?db=2',
      {type: 'socket', path: '/run/r.sock'},
      2,
      'redis+unix:///run/r.sock?db=2',
    ],
    [
      'redis-cluster://a:1,b,c:3',
      {
        type: 'cluster',
        nodes: [
          {host: 'a', port: 1},
          {host: 'b', port: 6379},
          {host: 'c', port: 3},
        ],
      },
      0,
      'redis-cluster://a:1,b:6379,c:3',
    ],
    [
      'redis-sentinel://a:1,b/my-master?db=4',
      {
        type: 'sentinel',
        nodes: [
          {host: 'a', port: 1},
          {host: 'b', port: 26_379},
        ],
        name: 'my-master',
      },
      4,
      'redis-sentinel://a:1,b:26379/my-master?db=4',
    ],
  ])('%s is a Redis', (url, via, db, label) => {
    expect(parseStoreUrl(url)).toEqual({kind: 'redis', via, db, username: null, password: null, label});
  });

  it('may hold user and password, escaped or with a stray @ and /', async () => {
    for (const [url, user, password] of [
      ['redis://liu:p%40ss@cache', 'liu', 'p@ss'],
      ['redis://:p@ss/word@cache', null, 'p@ss/word'],
      ['redis://liu@cache', 'liu', undefined],
      ['redis+unix://liu:secret@/run/r.sock', 'liu', 'secret'],
      ['redis-cluster://liu:a:b@a,b', 'liu', 'a:b'],
    ] as const) {
      const target = redis(url);
      expect([target.username, await target.password?.read()]).toEqual([user, password]);
    }
  });

  it('takes a password from elsewhere only where it has none', async () => {
    const passwordOf = async (url: string) =>
      (withPasswords(redis(url), new Secret('b')) as RedisTarget).password?.read();
    expect(await passwordOf('redis://cache')).toBe('b');
    expect(await passwordOf('redis://:a@cache')).toBe('a');
    const file = parseStoreUrl('sqlite:deck.db');
    expect(withPasswords(file, new Secret('b'))).toBe(file);
    const ofSentinels = (url: string) =>
      (withPasswords(redis(url), null, new Secret('s')) as RedisTarget).sentinelPassword?.read();
    expect(await ofSentinels('redis-sentinel://a/deck')).toBe('s');
    expect(ofSentinels('redis://cache')).toBeUndefined();
  });

  it('asks for TLS by its scheme, by tls=true, and by naming a certificate', () => {
    const files = {ca: '/etc/ca.pem', cert: '/etc/my cert.pem', key: '/etc/key.pem'};
    const query = 'ca=/etc/ca.pem&cert=/etc/my%20cert.pem&key=/etc/key.pem';
    expect(redis('rediss://cache')).toMatchObject({tls: {}, label: 'rediss://cache:6379/0'});
    expect(redis('redis://cache/1?tls=true')).toMatchObject({tls: {}, db: 1, label: 'rediss://cache:6379/1'});
    for (const place of ['redis://c/1', 'rediss://c', 'redis-cluster://a,b', 'redis-sentinel://a/deck']) {
      expect(redis(place).tls).toEqual(place.startsWith('rediss') ? {} : undefined);
      const target = redis(`${place}?${query}`);
      expect(target.tls).toEqual(files);
      expect(target.label).not.toContain('?');
    }
  });

  it.each([
    ['', 'does not begin with a known scheme'],
    ['deck.db', 'does not begin with a known scheme'],
    ['/var/lib/deck.db', 'is a bare path'],
    ['./deck.db', 'is a bare path'],
    ['postgres://db/x', 'begins with "postgres://"'],
    ['sqlite:', 'not followed by a path'],
    ['sqlite://deck.db', 'followed by a host'],
    ['sqlite::memory:', 'is no file'],
    ['sqlite:/var/lib/', 'is no file'],
    ['redis:cache', 'not followed by "//"'],
    ['redis://', 'names no host'],
    ['redis:///0', 'names no host'],
    ['redis://cache:', 'port is not a number'],
    ['redis://cache:6379x', 'port is not a number'],
    ['redis://cache:0', 'outside of 1 to 65535'],
    ['redis://cache:70000', 'outside of 1 to 65535'],
    ['redis://ca che', 'other characters'],
    ['redis://a,b', 'several hosts'],
    ['redis://cache/x', 'not a number from 0'],
    ['redis://cache/0?tls=1', '"tls=" is not followed by "true"'],
    ['redis://cache?cert=/c.pem', '"cert=" and "key=" do not come together'],
    ['redis-cluster://cache?key=/c.pem', '"cert=" and "key=" do not come together'],
    ['redis://cache?ca=', 'nothing follows "ca="'],
    ['redis://cache?db=1', 'something else follows "?"'],
    ['redis://cache?sentinelPasswordFile=/f', 'something else follows "?"'],
    ['redis+unix:///r.sock?ca=/c.pem', 'something else follows "?" than db=, passwordFile='],
    ['redis://:a@cache?passwordFile=/f', 'names another'],
    ['redis://cache#1', 'does not end'],
    ['redis://%zz@cache', 'hexadecimal'],
    ['redis+unix://run/r.sock', 'absolute path'],
    ['redis+unix:///', 'absolute path'],
    ['redis+unix:///r.sock?db=x', 'not a number from 0'],
    ['redis+unix:///r.sock?database=1', 'something else follows "?"'],
    ['redis-cluster://a,', 'a host is missing'],
    ['redis-cluster://a,b/2', 'no other database than 0'],
    ['redis-sentinel://a,b', 'no name of a master'],
    ['redis-sentinel://a,b/my master', 'no name of a master'],
  ])('%s is refused: it %s', (url, what) => {
    const fault = faultOf(url);
    expect(fault.code).toBe('store-bad-url');
    expect(fault.message).toContain(what);
    expect(fault.hint).toContain('redis-sentinel://h1:p1,h2:p2/name');
  });

  it('is refused with control or direction characters in it, escaped or not', () => {
    for (const url of ['redis://cache/0\u001B[2J', 'redis+unix:///run/%1b[2J', 'sqlite:/var/\u202Egnp.db']) {
      expect(faultOf(url).message).toContain('control character');
    }
  });

  it('never shows the password, wherever it stands and whatever else is wrong', () => {
    const password = fc.string({minLength: 6, maxLength: 20, unit: 'grapheme'}).map(text => `Pw9!${text}`);
    const address = fc.constantFrom<(pw: string) => string>(
      pw => `redis://liu:${pw}@cache:6379/0`,
      pw => `redis://:${encodeURIComponent(pw)}@cache`,
      pw => `rediss://liu:${pw}@cache:x`,
      pw => `redis://liu:${pw}`,
      pw => `redis://liu:${pw}@`,
      pw => `redis://cache/${pw}`,
      pw => `redis://cache?password=${pw}`,
      pw => `redis://cache?passwordFile=${pw}`,
      pw => `redis-sentinel://cache/deck?sentinelPasswordFile=${encodeURIComponent(pw)}`,
      pw => `redis:liu:${pw}@cache`,
      pw => `rediz://liu:${pw}@cache`,
      pw => `redis-cluster://liu:${pw}@a,b:c`,
      pw => `redis-sentinel://liu:${pw}@a,b`,
      pw => pw,
    );
    fc.assert(
      fc.property(password, address, (pw, addressOf) => {
        let result: unknown;
        try {
          result = parseStoreUrl(addressOf(pw));
        } catch (error) {
          // The stack repeats the call, not its arguments; name, message, hint and cause are what is printed.
          const {message, hint, cause} = error as StoreFault;
          result = {message, hint, cause};
        }
        expect(shown(result)).not.toContain(pw);
        expect(shown(result)).not.toContain('Pw9!');
      }),
    );
  });
});
