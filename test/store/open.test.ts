import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {inspect} from 'node:util';
import {afterAll, describe, expect, it} from 'vitest';
import {defaultAddress, openStore, resolveTarget} from '../../source/store/open.ts';

const folder = mkdtempSync(join(tmpdir(), 'graydeck-open-'));
afterAll(() => rmSync(folder, {recursive: true}));

async function passwordOf(address: string, env: Record<string, string>): Promise<string | null> {
  const target = await resolveTarget(address, env);
  return target.kind === 'redis' ? ((await target.password?.read()) ?? null) : null;
}

describe('opening a store', () => {
  it('without an address takes GRAYDECK_STORE, else the embedded store in the state folder', async () => {
    expect(await resolveTarget(null, {GRAYDECK_STORE: 'sqlite:deck.db'})).toMatchObject({path: 'deck.db'});
    expect(await resolveTarget(null, {XDG_STATE_HOME: '/state'})).toMatchObject({
      path: '/state/graydeck/graydeck.db',
    });
    expect(await resolveTarget('sqlite:mine.db', {GRAYDECK_STORE: 'sqlite:x'})).toMatchObject({
      path: 'mine.db',
    });
    expect(defaultAddress({HOME: '/home/liu'})).toBe('sqlite:/home/liu/.local/state/graydeck/graydeck.db');
    expect(defaultAddress({HOME: '/home/liu', XDG_STATE_HOME: 'relative'})).toContain('/home/liu/.local');
    expect(await resolveTarget('sqlite:~/deck.db', {})).toMatchObject({path: join(homedir(), 'deck.db')});
  });

  it('makes the embedded store on first use', async () => {
    const store = await openStore(null, 'operator', {env: {XDG_STATE_HOME: folder}});
    expect(store.kind).toBe('sqlite');
    expect(store.label).toBe(`sqlite:${folder}/graydeck/graydeck.db`);
    expect(await store.features()).toEqual([]);
    await store.close();
  });

  it('takes the password of the address before that of the environment before that of the file', async () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'from file\n');
    const env = {GRAYDECK_STORE_PASSWORD: 'from environment', GRAYDECK_STORE_PASSWORD_FILE: file};
    expect(await passwordOf('redis://:from-address@cache', env)).toBe('from-address');
    expect(await passwordOf('redis://cache', env)).toBe('from environment');
    expect(await passwordOf('redis://cache', {GRAYDECK_STORE_PASSWORD_FILE: file})).toBe('from file');
    expect(await passwordOf('redis://cache', {})).toBeNull();
    expect(inspect(await resolveTarget('redis://cache', env), {depth: 9})).not.toContain('from environment');
  });

  it('says that the password file cannot be read, without repeating what stands in its place', async () => {
    const env = {GRAYDECK_STORE_PASSWORD_FILE: '/hunter2'};
    const fault: unknown = await resolveTarget('redis://cache', env).catch((error: unknown) => error);
    expect(fault).toMatchObject({code: 'store-no-rights'});
    expect(inspect(fault, {depth: 9})).not.toContain('hunter2');
  });

  it('refuses an address that it cannot read', async () => {
    await expect(openStore('mysql://db', 'viewer')).rejects.toMatchObject({code: 'store-bad-url'});
  });
});
