import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {advice, missingServers, type Server} from './servers.ts';

const wanted: readonly Server[] = [
  {command: 'lighthouse', debianPackage: 'lighthouse-server', usedFor: 'ships'},
  {command: 'harbour', debianPackage: 'harbour', usedFor: 'boats'},
];

test('a server counts as there when a folder of the path holds it and it may be run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-servers-'));
  onTestFinished(() => rm(folder, {recursive: true}));
  await writeFile(join(folder, 'lighthouse'), '', {mode: 0o755});
  await writeFile(join(folder, 'harbour'), '', {mode: 0o644});
  expect(await missingServers(wanted, `/nowhere:${folder}`)).toEqual([wanted[1]]);
  expect(await missingServers(wanted, '')).toEqual(wanted);
});

test('whoever lacks a server is told what it is for and how to install it', () => {
  expect(advice(wanted)).toContain('lighthouse: ships');
  expect(advice(wanted)).toContain('sudo apt-get install lighthouse-server harbour');
});
