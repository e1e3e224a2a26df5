import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import type {ReportKeeping} from '../../source/cli/report/write-report.ts';
import {keepReports} from '../../source/cli/report/keep-reports.ts';
import {openPastView} from '../../source/controller/past-view.ts';
import type {Commit} from '../../source/release/commit.ts';
import type {KeptOutput} from '../../source/release/step.ts';
import {openStore} from '../../source/store/open.ts';
import {complete, rollback, run, start, takenBack} from '../release/orders.ts';
import {fourPhases} from '../release/plans.ts';
import {FEATURE, HOUR, MINUTE, wait} from '../release/specification.ts';
import {logOf} from './sample-log.ts';
import {eventually} from '../patience.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Keeps reports of a log that is read up to the clock, in a store of its own. */
async function keeping(commits: readonly Commit[], startAt: number) {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-reports-'));
  closing.push(() => rm(folder, {recursive: true, force: true}));
  const store = await openStore(`sqlite:${join(folder, 'deck.db')}`, 'operator', {env: {}});
  closing.push(() => store.close());
  const feature = store.feature(FEATURE);
  let now = startAt;
  const view = openPastView(FEATURE, commits, () => now);
  const config = {path: join(folder, 'graydeck.yaml'), value: {reports: '.'}};
  const settings = {config, declared: {}} as unknown as ReportKeeping['settings'];
  const stop = new AbortController();
  const kept = keepReports({feature, view, settings}, stop.signal);
  closing.push(() => {
    stop.abort();
    return kept;
  });
  return {
    outputs: (): Promise<KeptOutput[]> => feature.outputs.read(),
    /** The state in the file of a release. */
    async told(release: string) {
      const text = await readFile(join(folder, `${FEATURE}-${release}.json`), 'utf8');
      return (JSON.parse(text) as {state: string}).state;
    },
    goTo(at: number) {
      now = at;
      view.moved();
    },
  };
}

test('the report of a superseded release is stored', async () => {
  const commits = logOf(
    start(fourPhases()),
    wait(HOUR),
    start(fourPhases(), {release: 'r-2', version: 'v3', supersede: true}),
    ...takenBack(),
  );
  const endedAt = commits.at(-1)!.at;
  const {goTo, told} = await keeping(commits, endedAt - 1);
  goTo(endedAt + MINUTE);
  await eventually(async () => expect(await told('r-1')).toBe('rolled_back'));
});

test('a release that is rolled back after completion is reported as rolled back', async () => {
  const plan = fourPhases();
  const promoted = [complete(), ...run('promotion.traffic', 'promotion.traffic-to-prod')];
  const before = logOf(start(plan), wait(HOUR), ...promoted);
  const commits = logOf(start(plan), wait(HOUR), ...promoted, wait(MINUTE), rollback(), ...takenBack());
  const {goTo, told} = await keeping(commits, before.at(-1)!.at + 10_000);
  await eventually(async () => expect(await told('r-1')).toBe('completed'));
  goTo(commits.at(-1)!.at + MINUTE);
  await eventually(async () => expect(await told('r-1')).toBe('rolled_back'));
});
