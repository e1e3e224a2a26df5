import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {claimFile, holderOf, type Claim} from '../../source/nginx/claim-file.ts';

async function include(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-claim-'));
  onTestFinished(() => rm(folder, {recursive: true}));
  return join(folder, 'graydeck.conf');
}

async function claim(file: string, who: string): Promise<Claim> {
  const made = await claimFile(file, who);
  onTestFinished(async () => void (made.kind === 'ours' && (await made.release())));
  return made;
}

/** Another process claims it and dies without a word. */
async function claimedByOneThatDied(file: string): Promise<void> {
  const claiming = `import {claimFile} from ${JSON.stringify(new URL('../../source/nginx/claim-file.ts', import.meta.url).href)};
    await claimFile(process.argv[1], 'agent one'); console.log('claimed'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', claiming, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(await holderOf(file)).toBe('agent one');
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

test('a second one is told who drives the file, until that one goes', async () => {
  const file = await include();
  const first = await claim(file, 'agent one');
  expect(first.kind).toBe('ours');
  expect(await claim(file, 'agent two')).toEqual({kind: 'taken', by: 'agent one'});
  expect(await holderOf(file)).toBe('agent one');
  if (first.kind === 'ours') await first.release();
  expect(await holderOf(file)).toBeNull();
  expect(await claim(file, 'agent two')).toMatchObject({kind: 'ours'});
});

test('what was left by one that has died is taken over, by one alone', async () => {
  const file = await include();
  await claimedByOneThatDied(file);
  expect(await holderOf(file)).toBeNull();
  const made = await Promise.all(['two', 'three', 'four'].map(name => claim(file, `agent ${name}`)));
  expect(made.filter(({kind}) => kind === 'ours')).toHaveLength(1);
});

test('where nobody can listen beside the file it says that it cannot be told', async () => {
  const file = join(await include(), 'nowhere', 'graydeck.conf');
  expect(await claim(file, 'agent one')).toMatchObject({kind: 'unknown'});
});
