import {expect, test} from 'vitest';
import {openConsole, openProgram, redisPlace, startRelease, statusOf, FEATURE} from '../acceptance/place.ts';
import {eventually} from '../patience.ts';
import {redisMissing} from '../servers/redis.ts';
import type {TestTerminal} from './open.ts';

/** So long the terminal is not read before it matters: by then it is full. */
const FILLED_MS = 4000;
const pause = (ms: number): Promise<void> => new Promise(resolve => void setTimeout(resolve, ms));

const PLAN = `
phases:
  - {name: some, percent: 5, duration: 24h}
  - {name: all, percent: 100}
guardrails:
  - {when: "error_rate > 10 % over 10s min 50 requests", for: 2s, then: rollback}
evidence: off
`;

function flood(console: TestTerminal): Disposable {
  const timer = setInterval(() => console.press('?', 'Up', 'Down', 'Tab', 'w', '?'), 10);
  return {[Symbol.dispose]: () => clearInterval(timer)};
}

/** Fills what the pty holds, a few dozen KB: a window of another size is drawn anew. */
function fill(console: TestTerminal): Disposable {
  console.stopReading();
  let width = 0;
  const timer = setInterval(() => console.resize(119 + (width++ % 2), 40), 50);
  return {[Symbol.dispose]: () => clearInterval(timer)};
}

// K6.
test.skipIf(redisMissing).for([
  ['whose terminal is not read', fill],
  ['where hundreds of keys a second are pressed', flood],
] as const)('a guard in a console %s takes a bad release back', async ([, trouble]) => {
  await using place = await redisPlace();
  await place.cli.file('plan.yaml', PLAN);
  await startRelease(place, '--plan', 'plan.yaml', '--over', 'v1.0.9');
  await using console = await openConsole(place, ['watch', '--guard']);
  await console.until(/● [^○▲]*guard/u);
  using troubled = trouble(console);
  let errors = 0;
  const traffic = setInterval(() => {
    for (const [side, requests, failed] of [
      ['prod', 190, 1],
      ['gray', 10, errors],
    ])
      void place.redis.admin.xadd(
        `graydeck:{${FEATURE}}:metrics`,
        '*',
        'side',
        side!,
        'requests',
        requests!,
        'errors',
        failed!,
        'response_time',
        80,
      );
  }, 200);
  try {
    await pause(FILLED_MS);
    errors = 4;
    await eventually(async () => expect(await statusOf(place)).toMatchObject({percent: {set: 0}}));
  } finally {
    clearInterval(traffic);
    troubled[Symbol.dispose]();
  }
  console.readOn();
  await console.until('ROLLED BACK');
  console.press('Ctrl+C');
  expect(await console.exit()).toBe(130);
  expect(console.modesLeftOn()).toEqual([]);
});

test.skipIf(redisMissing)('a console whose terminal is not read ends by a signal', async () => {
  await using place = await redisPlace();
  await startRelease(place);
  await using console = openProgram(place, []);
  await console.until('ROLLING');
  using _filled = fill(console);
  await pause(FILLED_MS);
  console.signal('SIGTERM');
  await eventually(() => expect(() => process.kill(console.pid, 0)).toThrow('ESRCH'));
});
