import {readFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import {expect, test} from 'vitest';
import {redisMissing} from '../servers/redis.ts';
import {FEATURE, logOf, redisPlace, statusOf, type Place} from './place.ts';
import {entry, xadd} from './writer.ts';
import {eventually} from '../patience.ts';

const CHECKLIST = ['Tested', 'Data saved', 'A rollback is planned', 'Key people are online'];

async function says({cli}: Place, argv: readonly string[], what: RegExp): Promise<void> {
  const {exitCode, stdout, stderr} = await cli.run(...argv);
  expect({argv, exitCode, stderr}).toMatchObject({exitCode: 0});
  expect(stdout).toMatch(what);
}

/** The plan of four phases, with what is to be prepared, and people who are told by its alerts. */
async function prepare({cli}: Place): Promise<void> {
  const plan = await readFile(resolve('fixtures/plans/seed-four-phases.yaml'), 'utf8');
  await cli.file(
    'plan.yaml',
    `${plan.replace('[seed-rollback, seed-limits]', '[seed-rollback, seed-limits, seed-alerts]')}
evidence: off
checklist: ${JSON.stringify(CHECKLIST)}
hooks: {deploy: [touch, deployed], promote: [touch, promoted], demote: [touch, demoted], cleanup: [touch, cleaned]}
`,
  );
  await cli.file('graydeck.yaml', `feature: ${FEATURE}\nservices: {gray: [test, -f, deployed]}\n`);
}

test.skipIf(redisMissing)(
  'the guide can be followed command by command, from the first look to a rollback after completion',
  async () => {
    await using place = await redisPlace();
    const {cli, redis} = place;
    await prepare(place);
    await says(place, ['status'], /IDLE/u);
    const start = ['start', 'v1.1.0', '--over', 'v1.0.9', '--plan', 'plan.yaml', '--yes'];
    const unprepared = await cli.run(...start);
    expect(unprepared).toMatchObject({exitCode: 3, stderr: expect.stringContaining('Data saved') as string});
    await says(place, [...start, ...CHECKLIST.flatMap(item => ['--checked', item])], /started v1\.1\.0/u);
    await says(place, ['doctor'], /✔ services +gray is up/u);
    await says(place, ['next', '--yes'], /phase 2 beta, 20 %/u);
    await says(place, ['status'], /phase 2 of 4 beta +20 % set/u);
    const guard = cli.start(['guard', '--by', 'ops-1']);
    try {
      // The metrics of the sample: 6.2 % errors, 400 ms against 150, 3 % conversion against 3.5.
      const told = async () => {
        await xadd(redis.port, [
          entry({side: 'prod', requests: 2000, errors: 10, response_time: 150, conversions: 70}),
          entry({side: 'gray', requests: 500, errors: 31, response_time: 400, conversions: 15}),
        ]);
        const messages = (await statusOf(place)).alerts.map(({message}) => message);
        expect(messages).toEqual(
          expect.arrayContaining([
            expect.stringMatching(/^gray error rate 6\.2 %, passes at 5 % or less/u),
            expect.stringMatching(/^gray mean response time \d+ ms, passes at 300 ms or less \(2 times/u),
            expect.stringMatching(/^gray conversion rate 3 %, passes at 3\.15 % or more \(0\.9 times/u),
          ]),
        );
      };
      await eventually(told, 500);
    } finally {
      guard.kill('SIGTERM');
      await guard;
    }
    await says(
      place,
      ['feedback', 'submit', 'bug', 'the amount is empty', '--rating', '2'],
      /bug, 2 of 5, on beta/u,
    );
    await says(place, ['feedback', 'report'], /the amount is empty/u);
    await says(place, ['next', '--yes'], /phase 3 gamma, 50 %/u);
    await says(place, ['next', '--confirm', 'v1.1.0'], /phase 4 production, 100 %/u);
    await says(place, ['complete', '--confirm', 'v1.1.0'], /prod is v1\.1\.0 for everyone/u);
    await says(place, ['report'], /Completed after .*this version is prod/u);
    await says(place, ['rollback', '--yes', '--reason', 'refunds fail'], /written; no router confirms it/u);
    await says(place, ['status'], /ROLLED BACK/u);
    await says(place, ['report'], /Rolled back from .*Why: refunds fail/u);
    const steps = (await logOf(place)).flatMap(({events}) =>
      events.flatMap(event =>
        event.type === 'step-ended' ? [event as unknown as {step: string; outcome: string}] : [],
      ),
    );
    for (const step of ['deploy.deploy', 'promotion.promote', 'promotion.cleanup', 'rollback.demote'])
      expect(steps).toContainEqual(expect.objectContaining({step, outcome: 'done'}));
  },
);
