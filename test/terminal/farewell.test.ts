import {expect, test} from 'vitest';
import {embeddedPlace, openProgram} from '../acceptance/place.ts';

// V13.
test('the demo says good-bye without naming a feature that went with it', async () => {
  await using place = await embeddedPlace();
  await using demo = openProgram(place, ['demo']);
  await demo.until('ROLLING');
  demo.press('q');
  expect(await demo.exit()).toBe(0);
  expect(demo.text()).toContain('graydeck demo  begins another one');
  expect(demo.text()).not.toMatch(/--feature|goes on without this console/u);
});

// V8.
test('a question leaves headline and verdict in sight', async () => {
  await using place = await embeddedPlace();
  await using demo = openProgram(place, ['demo']);
  await demo.until('VERDICT');
  const headline = (): string =>
    demo.screen().find(row => /gray looks like prod|too few|no sample/u.test(row)) ?? '';
  await demo.until(() => headline() !== '');
  for (const [key, sight] of [
    ['r', 'ROLL BACK ─'],
    ['+', 'RAISE ─'],
    ['n', 'NEXT PHASE ─'],
    ['a', 'ALERT ─'],
  ] as const) {
    demo.press(key);
    await demo.until(sight);
    expect(headline()).not.toBe('');
    expect(demo.text()).toMatch(/^╭ VERDICT .*╮$/mu);
    demo.press('Escape');
    await demo.gone(sight);
  }
});
