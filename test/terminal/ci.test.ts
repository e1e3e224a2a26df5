import {expect, test} from 'vitest';
import {embeddedPlace, openProgram, startRelease} from '../acceptance/place.ts';

// K8.
test.for([
  [['watch'], /CI=true\), so no console is drawn: a line for each change/u],
  [['demo'], /CI=true\), so no console is drawn: the simulated service runs/u],
  [['watch', '--guard'], /--guard needs the console: the variable CI is set \(CI=true\)/u],
  [['replay', '--from', '10m'], /replay needs a terminal: the variable CI is set \(CI=true\)/u],
] as const)('in a terminal with CI=true %j names CI and what to do', async ([argv, sight]) => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await using program = openProgram(place, argv, {env: {CI: 'true'}});
  await program.until(rows => sight.test(rows.join(' ').replaceAll(/\s+/gu, ' ')));
  await program.until(argv[1] === '--guard' ? 'graydeck guard' : `env -u CI graydeck ${argv[0]}`);
});

test.for([{CI: ''}, {CI: 'false'}, {CI_JOB_ID: '7'}, {CONTINUOUS_INTEGRATION: '1'}])(
  'with %j the console is drawn, and answers keys',
  async env => {
    await using place = await embeddedPlace();
    await startRelease(place);
    await using console = openProgram(place, [], {env});
    await console.until('ROLLING');
    console.press('?');
    await console.until('KEYS ─');
    console.press('q', 'q');
    expect(await console.exit()).toBe(0);
  },
);
