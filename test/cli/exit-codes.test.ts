import {describe, expect, test} from 'vitest';
import {EXIT} from '../../source/cli/output/exit.ts';
import {failureOf, failureOfOutcome} from '../../source/cli/output/failure.ts';
import {initialState} from '../../source/release/state.ts';
import {StoreFault} from '../../source/store/fault.ts';
import {Workplace, type Ran} from './program.ts';

const begin = ['start', 'v1.1.0', '--feature', 'pay', '--yes'];

/** What was done before, what is typed, and the exit code that scripts rely on. */
const table: readonly [title: string, before: string[][], typed: string[], code: number][] = [
  ['a command that was carried out', [begin], ['set', '3'], EXIT.done],
  ['what is so already', [begin, ['pause']], ['pause'], EXIT.done],
  ['help', [], ['--help'], EXIT.done],
  ['a store that is no store', [], ['status', '--store', 'sqlite:package.json'], EXIT.fault],
  ['a verb that is none', [], ['frobnicate'], EXIT.usage],
  ['a percent above 100', [begin], ['set', '101'], EXIT.usage],
  ['a raise that nobody confirmed', [begin], ['set', '50'], EXIT.usage],
  ['a change under --read-only', [begin], ['rollback', '--read-only'], EXIT.usage],
  ['a start while one is live', [begin], ['start', 'v2', '--yes'], EXIT.refused],
  ['a raise of a paused release', [begin, ['pause']], ['set', '50', '--yes'], EXIT.refused],
  ['a retry where nothing failed', [begin], ['retry'], EXIT.refused],
  ['another release than the one meant', [begin], ['pause', '--release', 'r-other'], EXIT.refused],
  ['a wait for what can no longer come', [begin, ['rollback']], ['wait', '--for', 'completed'], EXIT.against],
  ['a watched release that was rolled back', [begin, ['rollback']], ['status', '--watch'], EXIT.against],
  ['a wait that takes too long', [begin], ['wait', '--for', 'paused', '--timeout', '50ms'], EXIT.timedOut],
  ['a store that is not there', [], ['status', '--store', 'redis://127.0.0.1:1/0'], EXIT.unreachable],
  ['a doctor whom no store answers', [], ['doctor', '--store', 'redis://127.0.0.1:1/0'], EXIT.unreachable],
];

describe('the exit code tells a script', () => {
  test.for(table)('of %s', async ([, before, typed, code]) => {
    await using place = await Workplace.open();
    await place.file('package.json', '{}');
    for (const words of before) expect(await place.run(...words)).toMatchObject({exitCode: 0});
    const ran = await place.run(...typed);
    expect(ran).toMatchObject({exitCode: code});
    expect(sentences(ran, code)).toBe(true);
  });

  test('of others who were faster every time', () => {
    const outcome = {kind: 'conflict', tries: 50, state: initialState('pay')} as const;
    expect(failureOfOutcome(outcome)).toMatchObject({exit: EXIT.conflict});
  });

  test.for([
    ['store-unreachable', EXIT.unreachable],
    ['store-bad-url', EXIT.usage],
    ['store-no-rights', EXIT.fault],
    ['store-not-ours', EXIT.fault],
    ['log-broken', EXIT.fault],
  ] as const)('of %s', ([code, exit]) => {
    expect(failureOf(new StoreFault(code, 'It is so.', 'Do this.'))).toMatchObject({
      exit,
      code,
      next: 'Do this.',
    });
  });
});

/** An error is told on stderr, in one sentence and with what to do next; nothing of it goes to stdout. */
function sentences({stderr, stdout}: Ran, code: number): boolean {
  if (code === EXIT.done || stdout !== '') return true;
  return /^graydeck: .+[.?!:]$/mu.test(stderr) && /^ {2}→ .+$/mu.test(stderr);
}
