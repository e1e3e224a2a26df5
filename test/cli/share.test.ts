import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, inject, test} from 'vitest';
import {watchingIn} from '../../source/server/page/links.ts';
import {openStore} from '../../source/store/open.ts';
import {eventually} from '../patience.ts';
import {TestTerminal} from '../terminal/open.ts';
import {Workplace} from './program.ts';

const start = ['start', 'v1.1.0', '--feature', 'pay', '--over', 'v1.0.9', '--yes'];

/** Begins to share, and waits for the link. */
async function share(place: Workplace, ...argv: string[]) {
  const sharing = place.start(['share', ...argv]);
  let said = '';
  let told = '';
  sharing.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  sharing.stderr.on('data', (bytes: Buffer) => (told += bytes.toString()));
  const link = await eventually(() => {
    const found = /^http:\/\/\S+$/mu.exec(said)?.[0];
    if (found === undefined) throw new Error(`no link yet: ${said}${told}`);
    return found;
  });
  return {sharing, link, told: () => told};
}

describe('share', () => {
  test('prints a link that shows the release, until another process revokes it', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const {sharing, link, told} = await share(place, '--for', '10m');
    const page = await (await fetch(link, {headers: {accept: 'text/html'}})).text();
    expect(page).toContain('v1.1.0');
    await eventually(() =>
      expect(told()).toMatch(/only this machine reaches it[^]*ssh -N -L \d+:127\.0\.0\.1:\d+/u),
    );
    const watching = place.start(['watch', link]);
    const store = await openStore(place.store, 'viewer', {env: {}});
    await eventually(async () =>
      expect(watchingIn(await store.feature('pay').shares.read(), store.now())).toBe(1),
    );
    await store.close();
    let seen = '';
    watching.stdout.on('data', (bytes: Buffer) => (seen += bytes.toString()));
    await eventually(() => expect(seen).toMatch(/^\d\d:\d\d:\d\d {2}\S pay · /mu));
    const revoked = await place.run('share', 'revoke');
    expect(revoked).toMatchObject({exitCode: 0, stdout: 'revoked 1 link'});
    expect((await sharing).exitCode).toBe(0);
    expect((await watching).stderr).toContain('the link has ended');
    expect((await place.run('share', 'revoke')).stdout).toBe('revoked 0 links');
  });

  test('ends with its process, and is refused where there is nothing to share', async () => {
    await using place = await Workplace.open();
    expect((await place.run('share')).exitCode).toBe(2);
    await place.run(...start);
    for (const wrong of [
      ['share', '--for', '31d'],
      ['share', '--listen', 'nowhere'],
      ['share', '--read-only'],
      ['share', 'revoke', 'http://x/s/unknown'],
      ['watch', 'ftp://x'],
    ])
      expect([wrong, (await place.run(...wrong)).exitCode]).toEqual([wrong, 2]);
    const {sharing} = await share(place);
    sharing.kill('SIGTERM');
    expect((await sharing).exitCode).toBe(0);
    expect((await place.run('share', 'revoke')).stdout).toBe('revoked 0 links');
  });

  test('hands out the address that the configuration names, and leaves it to serve there', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    await writeFile(join(place.folder, 'graydeck.yaml'), 'share: {url: "https://deck.example.com/"}\n');
    const made = await place.json('share', '--mask');
    expect(made).toMatchObject({schema: 'graydeck.share/1', feature: 'pay', mask: true});
    expect(made['link']).toMatch(/^https:\/\/deck\.example\.com\/s\/[\w-]{44}$/u);
    expect((await place.run('share', 'revoke', String(made['link']))).stdout).toBe('revoked 1 link');
  });

  test('fills a terminal, keeps up, and leaves it as it was', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const {sharing, link} = await share(place);
    const env = place.environment({TMPDIR: place.folder});
    await using terminal = new TestTerminal([process.execPath, inject('program'), 'watch', link], {
      env,
      cwd: place.folder,
    });
    await terminal.until('ROLLING');
    await place.run('pause', '--reason', 'a look at the logs');
    await terminal.until('PAUSED');
    terminal.press('r', 'y', '+');
    terminal.press('q');
    expect(await terminal.exit()).toBe(0);
    expect(terminal.modesLeftOn()).toEqual([]);
    expect(await place.json('status')).toMatchObject({state: 'paused'});
    sharing.kill('SIGTERM');
    await sharing;
  });
});
