import {expect, test} from 'vitest';
import type {TestTerminal} from '../terminal/open.ts';
import {embeddedPlace, openConsole, openProgram, startRelease, statusOf} from './place.ts';

const ESC = '\u001B';

/** What an operator presses to see that the console listens: help opens, and closes again. */
async function expectListens(console: TestTerminal): Promise<void> {
  console.press('?');
  await console.until('KEYS ─');
  console.press('q');
  await console.gone('KEYS ─');
}

const pause = (ms: number): Promise<void> => new Promise(resolve => void setTimeout(resolve, ms));

test('no answer of the terminal opens a question', async () => {
  await using place = await embeddedPlace();
  await using demo = openProgram(place, ['demo']);
  await demo.until(/5 % applied/u);
  for (const answer of [
    `${ESC}]11;rgb:1e1e/1e1e/2e2e\u0007`,
    `${ESC}]10;rgb:d0d0/d0d0/d0d0${ESC}\\`,
    `${ESC}P>|xterm(390)${ESC}\\`,
    `${ESC}_Gi=31;error${ESC}\\`,
    `${ESC}[?62;1;4c`,
    `${ESC}[M rr`,
    `${ESC}[<0;12;4M`,
    `${ESC}[O`,
  ])
    demo.type(answer);
  await expectListens(demo);
  expect(demo.text()).not.toMatch(/ROLL BACK ─|does nothing here|pasted text/u);
  demo.press('q');
  expect(await demo.exit()).toBe(0);
  expect(demo.modesLeftOn()).toEqual([]);
});

test('the rest of a sequence that comes late acknowledges no alert', async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await place.cli.run('alert', 'warning', 'refunds look slow');
  await using console = await openConsole(place);
  await console.until('refunds look slow');
  console.press('Escape');
  // How long it is late is the case itself.
  await pause(200);
  console.type('[A');
  await expectListens(console);
  expect(console.text()).not.toContain('alert acknowledged');
  expect((await statusOf(place)).alerts).toMatchObject([{acknowledgedBy: null}]);
});

test.for([
  ['at once', 0],
  ['after it was given up', 1500],
] as const)('Ctrl+C ends the console in a paste that has no end, %s', async ([, late]) => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await using console = await openConsole(place);
  await console.until('ROLLING');
  console.type(`${ESC}[200~half`);
  await pause(late);
  console.press('Ctrl+C');
  expect(await console.exit()).toBe(130);
  expect(console.modesLeftOn()).toEqual([]);
});

test('after a paste that has no end keys work again', async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await using console = await openConsole(place);
  await console.until('ROLLING');
  console.type(`${ESC}[200~half`);
  await console.until('pasted text is not taken as keys');
  console.press('q');
  expect(await console.exit()).toBe(0);
});
