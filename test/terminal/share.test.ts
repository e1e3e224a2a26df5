import {expect, test} from 'vitest';
import {embeddedPlace, openConsole, openProgram, startRelease} from '../acceptance/place.ts';
import type {TestTerminal} from './open.ts';
import {eventually} from '../patience.ts';

const HTML = {accept: 'text/html'};

/** Presses `S` and makes a link. */
async function sharedFrom(console: TestTerminal, ...choices: string[]): Promise<string> {
  console.press('S');
  await console.until('SHARE BY A LINK');
  console.press(...choices, 'Enter');
  await console.until('http://');
  return /http:\/\/[^\s│]+/u.exec(console.text())?.[0] ?? '';
}

test('S makes a link, counts its viewers, and ends it: the viewers go dark', async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await using console = await openConsole(place);
  const link = await sharedFrom(console);
  expect(console.text()).toMatch(/no viewer yet, until .*\d\d:\d\d/u);
  expect(console.text()).toContain('ssh -N -L');
  console.press('c');
  await console.until('clipboard of the terminal');
  const copied = Buffer.from(link).toString('base64');
  expect(console.output()).toContain(`\u001B]52;c;${copied}\u0007`);
  const page = await fetch(link, {headers: HTML});
  expect(await page.text()).toContain('v1.1.0');
  const watching = await fetch(link, {headers: {accept: 'text/event-stream'}});
  await console.until('1 viewer watches by a link');
  console.press('Escape');
  await console.gone('SHARED ─');
  expect(console.screen()[0]).toContain('◉ 1 watches');
  console.press('S');
  await console.until('SHARED ─');
  console.press('e');
  const seen = await watching.text();
  expect(seen.trimEnd().endsWith('event: gone\ndata: {}')).toBe(true);
  await console.until('the link has ended');
  await console.gone('◉');
  await expect(fetch(link, {headers: HTML})).rejects.toThrow('fetch failed');
  // The next link is another one.
  expect(await sharedFrom(console, 'm', 'Left')).not.toBe(link);
  expect(console.text()).toContain('without names, hosts and free text');
  console.press('q', 'q');
  expect(await console.exit()).toBe(0);
  expect((await place.cli.run('share', 'revoke')).stdout).toBe('revoked 0 links');
});

test('a link of the console is revoked by the command line, and the console says so', async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await using console = await openConsole(place);
  const link = await sharedFrom(console);
  console.press('Escape');
  await console.gone('SHARED ─');
  expect(console.screen()[0]).toContain('◉ shared');
  // On a busy machine the other process may end long after the console has said it.
  const said = console.until('revoked by another process');
  expect((await place.cli.run('share', 'revoke', link)).stdout).toBe('revoked 1 link');
  await said;
  await console.gone('◉');
});

test('a link stays while the console shows another feature', async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await place.cli.run('start', 'v7', '--feature', 'search', '--yes');
  await using console = await openConsole(place, ['--feature', 'new_payment']);
  const link = await sharedFrom(console);
  console.press('Escape');
  await console.gone('SHARED ─');
  console.press(']');
  await console.until('now watching search');
  expect(await (await fetch(link, {headers: HTML})).text()).toContain('v1.1.0');
  await place.cli.run('pause', '--feature', 'new_payment');
  await eventually(async () => expect(await (await fetch(link, {headers: HTML})).text()).toContain('PAUSED'));
  console.press('q');
  expect(await console.exit()).toBe(0);
  await expect(fetch(link, {headers: HTML})).rejects.toThrow('fetch failed');
});

test('S works in the demo, and not where nothing may be changed', async () => {
  await using place = await embeddedPlace();
  await using demo = openProgram(place, ['demo'], {columns: 80, rows: 24});
  await demo.until('PROD');
  const link = await sharedFrom(demo);
  expect(await (await fetch(link, {headers: HTML})).text()).toContain('new_payment');
  demo.press('q', 'q');
  expect(await demo.exit()).toBe(0);
  await startRelease(place);
  await using reading = await openConsole(place, ['watch', '--read-only']);
  reading.press('S');
  await reading.until('S: this console only reads');
});
