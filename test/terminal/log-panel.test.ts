import {expect, test} from 'vitest';
import {embeddedPlace, openConsole, startRelease} from '../acceptance/place.ts';

// oxlint-disable-next-line no-control-regex -- matches a control sequence
const CLIPBOARD = /\u001B\]52;c;(?<text>[A-Za-z0-9+/=]*)\u0007/u;

/** A plan whose hook between two phases prints many lines and fails. */
const PLAN = `phases:
  - {name: alpha, percent: 5, duration: 24h}
  - {name: beta, percent: 20, duration: 24h, before: [sh, -c, "for n in $(seq 40); do echo word $n of the hook; done; exit 3"]}
  - {name: all, percent: 100}
`;

// V7.
test('Enter opens an entry of the log with all that its hook has printed, and y copies it', async () => {
  await using place = await embeddedPlace();
  await place.cli.file('plan.yaml', PLAN);
  await startRelease(place, '--plan', 'plan.yaml');
  await using console = await openConsole(place, [], {columns: 100, rows: 30});
  console.press('n');
  await console.until('NEXT PHASE ─');
  console.press('y');
  await console.until(/✖ next phase: before the phase failed/u);
  console.press('Tab', '/');
  await console.until('FILTER log ─');
  console.type('exit code 3');
  await console.until('filter: exit code 3');
  console.press('Enter', 'Enter');
  await console.until('word 1 of the hook');
  console.press('End');
  await console.until('word 40 of the hook');
  console.press('y');
  await console.until('copied:');
  const text = Buffer.from(CLIPBOARD.exec(console.output())?.groups?.['text'] ?? '', 'base64').toString();
  expect(text).toContain('word 1 of the hook');
  expect(text).toContain('word 40 of the hook');
});

test('feedback is a row of the log, with all of its words once it is opened', async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  const words = `pay hangs ${'and hangs '.repeat(30)}at the end`;
  const {exitCode} = await place.cli.run('feedback', 'submit', 'bug', words);
  expect(exitCode).toBe(0);
  await using console = await openConsole(place, [], {columns: 80, rows: 24});
  await console.until('» feedback, a bug');
  console.press('Tab', '/');
  await console.until('FILTER log ─');
  console.type('hangs');
  await console.until('filter: hangs');
  console.press('Enter', 'Enter');
  await console.until('at the end');
});

test.for([
  [{TERM: 'linux'}, 'not copied: linux takes no text'],
  [{TMUX: '/tmp/tmux,1,0'}, 'tmux hands it on with: set -g set-clipboard on'],
] as const)('y says what becomes of the text with %o', async ([env, answer]) => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await using console = await openConsole(place, [], {env});
  console.press('y');
  await console.until(answer);
  expect(CLIPBOARD.test(console.output())).toBe('TMUX' in env);
});
