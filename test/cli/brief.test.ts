import {expect, test} from 'vitest';
import {embeddedPlace, openConsole, startRelease} from '../acceptance/place.ts';
import {eventually} from '../patience.ts';

test('brief is one screen for the next shift, in words and as JSON', async () => {
  await using place = await embeddedPlace();
  const {cli} = place;
  await startRelease(place, '--over', 'v1.0.9');
  await cli.run('alert', 'critical', 'payments look slow');
  const {stdout, exitCode} = await cli.run('brief');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^new_payment v1\.1\.0 over v1\.0\.9: ROLLING, 5 % set, phase 1 of 4 alpha, since \d\d:\d\d:\d\d/u,
  );
  expect(stdout).toMatch(
    /Changed in the last 8 h\n( {2}.*\n)+Open alerts\n {2}\d\d:\d\d:\d\d {2}✖ payments look slow/u,
  );
  expect(stdout).toContain('No guard is running');
  expect(stdout).toMatch(
    /Next\n {2}alpha ends (\d\d-\d\d )?\d\d:\d\d(:\d\d)?, in .* of rolling time; then beta 20 %$/u,
  );
  expect(stdout.split('\n').length).toBeLessThan(24);
  expect(await cli.json('brief')).toMatchObject({
    schema: 'graydeck.brief/1',
    feature: 'new_payment',
    state: 'rolling',
    percent: 5,
    guard: null,
    acting: [],
    viewers: 0,
    alerts: [{level: 'critical', text: 'payments look slow', acknowledgedBy: null}],
    next: {at: expect.any(Number) as number},
  });
  expect((await cli.run('brief', '--lang', 'zh')).stdout).toContain('未解决的告警');
  expect((await cli.run('brief', '--mask')).stdout).not.toContain('payments look slow');
  await cli.run('rollback', '--yes');
  expect((await cli.run('brief')).stdout).toContain('graydeck start VERSION begins a release');
});

test('consoles that may act know of each other; a console that only reads writes nothing', async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await using first = await openConsole(place, ['watch', '--by', 'liu on laptop']);
  await using reading = await openConsole(place, ['watch', '--read-only'], {columns: 200});
  await using second = await openConsole(place, ['watch', '--by', 'ana on ops-1'], {columns: 200});
  const both = '2 may act: ana on ops-1, liu on laptop';
  await Promise.all([first.until('2 may act'), second.until(both), reading.until(both)]);
  expect(await place.cli.json('brief')).toMatchObject({acting: ['ana on ops-1', 'liu on laptop']});
  second.press('q');
  expect(await second.exit()).toBe(0);
  expect(second.text()).toContain('consoles that may act: liu on laptop\n');
  await first.gone('may act');
  reading.press('q');
  expect(await reading.exit()).toBe(0);
  await eventually(async () =>
    expect(await place.cli.json('brief')).toMatchObject({acting: ['liu on laptop']}),
  );
});
