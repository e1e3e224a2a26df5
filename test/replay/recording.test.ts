import {describe, expect, test} from 'vitest';
import {encodeTally, type Tally} from '../../source/analysis/windows/roll-up.ts';
import {RecordingReader, recordingOf, type RecordingLine} from '../../source/replay/recording.ts';
import {WindowsAt} from '../../source/replay/past-monitor.ts';
import {openPastView} from '../../source/controller/past-view.ts';
import {next, pause, rollback, start} from '../release/orders.ts';
import {fourPhases} from '../release/plans.ts';
import {FEATURE, MINUTE, SECOND, wait} from '../release/specification.ts';
import {logOf, minute} from '../report/sample-log.ts';

const commits = logOf(
  start(fourPhases()),
  wait(MINUTE),
  next(0),
  wait(MINUTE),
  pause(),
  wait(MINUTE),
  rollback(),
);
const begunAt = commits[0]!.at;

const second = (index: number, errors: number): Tally => ({
  ...minute(begunAt + index * SECOND, {
    prod: {requests: 90, errors: 0, took: 100},
    gray: {requests: 10, errors, took: 100},
  }),
  ms: 1000,
});
const seconds = Array.from({length: 150}, (_, index) => second(index, index < 60 ? 0 : 5));

const linesOf = (): RecordingLine[] => [
  {type: 'recording', schema: 'graydeck.recording/1', feature: FEATURE, at: begunAt},
  ...commits.map(commit => ({type: 'commit', commit}) as const),
  ...seconds.map(tally => ({type: 'second', t: tally.t, body: encodeTally(tally)}) as const),
  {type: 'routers', at: begunAt + 5000, routers: []},
];

const read = (lines: readonly string[]) => {
  const reader = new RecordingReader();
  const mistakes = lines.flatMap(line => reader.take(line) ?? []);
  return {mistakes, recording: reader.read()};
};

describe('a recording', () => {
  test('is read back as it was written, whatever the order of its seconds', () => {
    const lines = linesOf().map(line => JSON.stringify(line));
    const {mistakes, recording} = read([
      lines[0]!,
      ...lines
        .slice(1)
        .toReversed()
        .filter(line => !line.includes('"commit"')),
      ...lines.filter(line => line.includes('"commit"')),
    ]);
    expect(mistakes).toEqual([]);
    expect(recording).toMatchObject({feature: FEATURE, from: begunAt, to: commits.at(-1)!.at});
    expect(recording!.seconds.map(({t}) => t)).toEqual(seconds.map(({t}) => t));
    expect(recording!.commits).toEqual(commits);
  });

  test.each([
    ['a file of something else', ['{"feature":"x"}'], 1],
    ['a line without JSON', [JSON.stringify(linesOf()[0]), 'junk'], 2],
    [
      'a commit that does not follow',
      [JSON.stringify(linesOf()[0]), JSON.stringify({type: 'commit', commit: commits[2]})],
      2,
    ],
    ['an invalid second', [JSON.stringify(linesOf()[0]), '{"type":"second","t":1,"body":"{}"}'], 2],
    ['a second without a body', [JSON.stringify(linesOf()[0]), '{"type":"second","t":1}'], 2],
    ['a commit that is missing', [JSON.stringify(linesOf()[0]), '{"type":"commit"}'], 2],
    [
      'a commit without events',
      [
        JSON.stringify(linesOf()[0]),
        JSON.stringify({type: 'commit', commit: {...commits[0], events: undefined}}),
      ],
      2,
    ],
    ['invalid routers', [JSON.stringify(linesOf()[0]), '{"type":"routers","at":1}'], 2],
    [
      'another feature recorded into the same file',
      [JSON.stringify(linesOf()[0]), JSON.stringify({...linesOf()[0], feature: 'search'})],
      2,
    ],
  ])('reports the line: %s', (_what, lines, line) => {
    expect(read(lines).mistakes[0]).toMatchObject({
      line,
      found: expect.any(String),
      allowed: expect.any(String),
    });
  });
});

test('begins with the recorder, also if the release began long before', () => {
  const late = begunAt + 41 * MINUTE;
  const head = {type: 'recording', schema: 'graydeck.recording/1', feature: FEATURE, at: late} as const;
  const text = (first: number) =>
    [
      head,
      ...commits.map(commit => ({type: 'commit', commit}) as const),
      ...[0, 1, 2].map(index => {
        const t = first + index * SECOND;
        return {type: 'second', t, body: encodeTally({...second(0, 0), t})} as const;
      }),
    ].map(line => JSON.stringify(line));
  // A recorder also writes the minutes before its start.
  expect(read(text(late - 5 * MINUTE)).recording?.from).toBe(late - 5 * MINUTE);
  expect(read(text(late + MINUTE)).recording?.from).toBe(late);
  expect(read(text(late)).recording?.commits).toHaveLength(commits.length);
  // Without samples only the end of the log remains.
  expect(read(text(late).slice(0, -3)).recording?.from).toBe(commits.at(-1)!.at);
});

test('a second that is recorded twice counts once', () => {
  const lines = linesOf().map(line => JSON.stringify(line));
  const {recording} = read([...lines, ...lines]);
  expect(recording?.seconds).toHaveLength(seconds.length);
});

describe('the past of a log', () => {
  test('is what was known at each moment, in both directions', () => {
    let at = begunAt;
    const view = openPastView(FEATURE, commits, () => at);
    const stateAt = (moment: number) => {
      at = moment;
      const {release} = view.snapshot().state;
      return [release?.state ?? null, release?.percent ?? null, view.commits().length];
    };
    const there = commits.map(commit => stateAt(commit.at));
    expect(there).toEqual([
      ['rolling', 5, 1],
      ['rolling', 20, 2],
      ['paused', 20, 3],
      ['rolling_back', 0, 4],
    ]);
    expect(commits.toReversed().map(commit => stateAt(commit.at))).toEqual(there.toReversed());
    expect(stateAt(begunAt - 1)).toEqual([null, null, 0]);
  });
});

test('a clock that went back changes neither what was known at a moment nor the end of a recording', () => {
  const [first, second, third, fourth] = commits;
  const jumped = [first!, second!, {...third!, at: first!.at + 1}, fourth!];
  let at = begunAt;
  const view = openPastView(FEATURE, jumped, () => at);
  const knownAt = (moment: number) => {
    at = moment;
    return view.commits().length;
  };
  expect([knownAt(first!.at + 1), knownAt(fourth!.at), knownAt(first!.at + 1)]).toEqual([1, 4, 1]);
  expect(recordingOf(FEATURE, jumped.slice(0, 3), [], [])?.to).toBe(second!.at);
});

describe('the numbers of a moment', () => {
  const begin = {release: 'r-1', splitVersion: 1, since: begunAt};

  test('are those of a window that ended there, without later seconds', () => {
    const past = new WindowsAt(seconds, {});
    const errorsAt = (index: number) => {
      const at = begunAt + index * SECOND;
      return past.at(at, begin).numbers('gray', {from: at - 30_000, to: at}).errors;
    };
    expect([errorsAt(60), errorsAt(70), errorsAt(90), errorsAt(120)]).toEqual([0, 50, 150, 150]);
    // After the step back no later data remain.
    expect([errorsAt(70), errorsAt(60)]).toEqual([50, 0]);
  });
});

test('a moment that cannot be is a mistake of its line', () => {
  const head = JSON.stringify({
    type: 'recording',
    schema: 'graydeck.recording/1',
    feature: FEATURE,
    at: begunAt,
  });
  for (const line of [
    {type: 'commit', commit: {...commits[0]!, at: 1e308}},
    {type: 'second', t: 1e308, body: encodeTally(seconds[0]!)},
    {type: 'routers', at: 1e308, routers: []},
  ]) {
    const reader = new RecordingReader();
    expect(reader.take(head)).toBeNull();
    expect(reader.take(JSON.stringify(line))).toMatchObject({line: 2});
  }
});
