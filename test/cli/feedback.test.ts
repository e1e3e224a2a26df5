import {describe, expect, test} from 'vitest';
import {openStore} from '../../source/store/open.ts';
import {errorOf, Workplace} from './program.ts';

const START = ['start', 'v1.1.0', '--feature', 'pay', '--over', 'v1.0.9', '--yes'];

async function opened(): Promise<Workplace> {
  const place = await Workplace.open();
  await place.run(...START);
  return place;
}

describe('feedback', () => {
  test('is about the running release unless told otherwise, and is counted by phase and version', async () => {
    await using place = await opened();
    const said = await place.run('feedback', 'submit', 'bug', 'the amount is empty', '--rating', '2');
    expect(said).toMatchObject({exitCode: 0, stderr: ''});
    expect(said.stdout).toBe('pay  bug, 2 of 5, on alpha v1.1.0');
    await place.run('feedback', 'submit', 'experience', 'much faster', '--rating', '5', '--user', '1001');
    await place.run('feedback', 'submit', 'bug', 'old trouble', '--deployment-version', 'v1.0.9');
    const {stdout} = await place.run('feedback', 'stats');
    expect(stdout).toBe(
      [
        'phase  version  said  rating  bug  suggestion  experience  performance',
        'alpha  v1.1.0      2    3.50    1           0           1            0',
        '—      v1.0.9      1       —    1           0           0            0',
        'all                3    3.50    2           0           1            0',
      ].join('\n'),
    );
    expect(await place.json('feedback', 'stats', '--deployment-phase', 'alpha')).toMatchObject({
      schema: 'graydeck.feedback-stats/1',
      feature: 'pay',
      deployment_phase: 'alpha',
      count: 2,
      rating: 3.5,
      ratings: {1: 0, 2: 1, 3: 0, 4: 0, 5: 1},
      types: {bug: 1, suggestion: 0, experience: 1, performance: 0},
      groups: [{deployment_phase: 'alpha', deployment_version: 'v1.1.0', count: 2}],
    });
    const {metrics} = (await place.json('status')) as {metrics: {name: string}[]};
    expect(metrics).toContainEqual(
      expect.objectContaining({name: 'user_satisfaction', source: 'feedback', gray: 3.5, prod: null}),
    );
    expect(metrics).toContainEqual(
      expect.objectContaining({name: 'bug_reports', source: 'feedback', gray: 1, prod: 1}),
    );
    expect((await place.run('status')).stdout).toMatch(/satisfaction +— +3\.50/u);
    const report = await place.run('feedback', 'report', '--deployment-version', 'v1.1.0');
    expect(report.stdout).toMatch(
      /alpha {2}v1\.1\.0\n.* 5\/5 {2}experience .*1001\n.* 2\/5 {2}bug +the amount/u,
    );
    expect(await place.json('feedback', 'report')).toMatchObject({
      schema: 'graydeck.feedback-report/1',
      feedback: [{message: 'old trouble'}, {message: 'much faster', user_id: '1001'}, {rating: 2}],
    });
  });

  test('that nobody gave is said to be none', async () => {
    await using place = await opened();
    expect(await place.run('feedback', 'stats')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'no feedback on pay yet',
    });
    expect(await place.json('feedback', 'stats')).toMatchObject({count: 0, rating: null, groups: []});
  });

  test('is only shown where --dry-run says so', async () => {
    await using place = await opened();
    const {stdout} = await place.run('feedback', 'submit', 'bug', 'x', '--dry-run');
    expect(stdout).toContain('would write  pay  bug, no rating, on alpha v1.1.0');
    expect(await place.json('feedback', 'stats')).toMatchObject({count: 0});
  });

  test('with markup, controls and junk beside it reaches a terminal as plain text', async () => {
    await using place = await opened();
    const store = await openStore(place.store, 'router', {env: {}});
    const evil = '<script>alert(1)</script>\u001B[2J\u202Egnol\u0007';
    const {writeFeedback} = store.feature('pay');
    const entry = {type: 'bug', message: evil, deployment_phase: `al\u001B[31mpha`, user_id: 7};
    await writeFeedback(JSON.stringify(entry));
    await writeFeedback('{"type":"bug"');
    await store.close();
    const {stdout, stderr} = await place.run('feedback', 'report');
    expect(stdout).toContain('<script>alert(1)</script>');
    // oxlint-disable-next-line no-control-regex -- that there are none is what is asked
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/u);
    expect(stderr).toContain('1 entries are no feedback');
    const {stdout: json} = await place.run('feedback', 'report', '--json');
    // oxlint-disable-next-line no-control-regex -- the same
    expect(json).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E]/u);
    expect((JSON.parse(json) as {feedback: {message: string}[]}).feedback[0]!.message).toBe(evil);
  });

  test('that cannot be is refused with what is wrong', async () => {
    await using place = await opened();
    const cases = [
      [['bug', ''], 'message is empty'],
      [['bug', 'x'.repeat(4001)], '4001 characters'],
      [['praise', 'x'], 'TYPE'],
      [['bug', 'x', '--rating', '6'], '--rating'],
      [['bug', 'x', '--deployment-phase', 'p'.repeat(129)], '--deployment-phase'],
      [['bug'], 'MESSAGE'],
      [['bug', 'x', '--feature', 'pya'], 'did you mean pay'],
      [['bug', 'x', '--read-only'], '--read-only'],
    ] as const;
    for (const [words, why] of cases) {
      const ran = await place.run('feedback', 'submit', ...words, '--json');
      expect(ran).toMatchObject({exitCode: 2, stdout: ''});
      expect(String(errorOf(ran)['message'])).toContain(why);
    }
    expect(await place.json('feedback', 'stats')).toMatchObject({count: 0});
  });
});
