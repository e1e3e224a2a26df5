import {describe, expect, test} from 'vitest';
import {embeddedPlace, openProgram} from './place.ts';

/** The sentence after a rollback, with its three figures. */
const RESULT =
  /prod for everyone in ([\d.]+) (m?s), (\d+) of (\d+) routers confirmed, (\d+) requests? reached gray after the key/u;

describe('the demo', () => {
  test('begins with prod and gray alive side by side, and needs nothing', async () => {
    await using place = await embeddedPlace();
    await using demo = openProgram(place, ['demo']);
    await demo.until(/error rate +[\d.]+ %.*error rate +[\d.]+ %/u);
    expect(demo.text()).toMatch(/v1\.1\.0 over v1\.0\.9 +DEMO/u);
    expect(demo.text()).toMatch(/5 % set · 5 % applied/u);
  });

  test('brings everyone back to prod with r y, and says how fast, who confirmed, and who still got gray', async () => {
    await using place = await embeddedPlace();
    await using demo = openProgram(place, ['demo']);
    await demo.until(/5 % applied/u);
    await demo.until(/GRAY.* [\d ]+ requests in/u);
    demo.press('r');
    await demo.until('ROLL BACK ─');
    expect(demo.text()).toContain('gray v1.1.0:  5 % → 0 %, for everyone, now');
    demo.press('y');
    await demo.until(RESULT);
    const [, , , confirmed, of] = RESULT.exec(demo.text())!;
    expect([confirmed, of]).toEqual(['3', '3']);
    await demo.until('ROLLED BACK');
    await demo.until('0 % set · 0 % applied');
    await demo.until(/GRAY v1\.1\.0 ─+ no users/u);
    demo.press('r');
    await demo.until('r: it is rolled back');
    demo.press('q');
    expect(await demo.exit()).toBe(0);
    expect(demo.modesLeftOn()).toEqual([]);
    expect(demo.text()).toContain('v1.1.0 is rolled back.');
  });

  test('shows who breaks gray with x which key takes it back', async () => {
    await using place = await embeddedPlace();
    await using demo = openProgram(place, ['demo']);
    await demo.until(/GRAY.* [\d ]+ requests in/u);
    demo.press('x');
    await demo.until('gray begins to fail');
    // What is wrong, how it compares, and the key that helps: one row.
    await demo.until(/✖ GRAY .* since \d.*r then y takes it back/u);
  });
});
