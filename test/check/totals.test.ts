import {mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {execa} from 'execa';
import {expect, onTestFinished, test} from 'vitest';
import {neverCounted, sayTotals, type Totals} from './totals.ts';
import {eventually} from '../patience.ts';

const root = resolve(import.meta.dirname, '../..');
const reporter = join(import.meta.dirname, 'totals-reporter.ts');

/** Runs test files of the given contents for real; what the reporter has counted can be read at any time. */
async function begin(files: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-totals-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const head = `import {beforeAll, expect, it} from 'vitest';\n`;
  await Promise.all(files.map((text, index) => writeFile(join(folder, `${index}.test.ts`), head + text)));
  const report = join(folder, 'totals.json');
  const run = execa('vitest', ['run', '--root', folder, '--reporter', reporter, '--maxWorkers=2'], {
    preferLocal: true,
    localDir: root,
    reject: false,
    env: {GRAYDECK_TOTALS: report},
    forceKillAfterDelay: 1000,
  });
  onTestFinished(async () => {
    run.kill();
    await run;
    await rm(folder, {recursive: true});
  });
  return {run, totals: async () => JSON.parse(await readFile(report, 'utf8')) as Totals};
}

async function totalsOf(...files: readonly string[]): Promise<Totals> {
  const {run, totals} = await begin(files);
  await run;
  return totals();
}

test('the totals of a check count what passed, failed and was skipped, with or without a reason', async () => {
  const totals = await totalsOf(
    `it('a', () => {}); it('b', () => expect(1).toBe(2)); it.skip('c'); it.todo('d');`,
    `it('e', () => {}); it('f', context => context.skip('not on this system'));`,
  );
  expect(totals).toMatchObject({passed: 2, failed: 1, skipped: 3, unfinished: []});
  expect([...totals.unexplained].sort()).toEqual(['c', 'd']);
  expect(sayTotals(totals)).toBe('2 passed, 1 failed, 3 skipped');
});

test('the totals of a check count files that broke outside of their tests as failed', async () => {
  const broken = [
    `throw new Error('at once'); it('a', () => {});`,
    `beforeAll(() => { throw new Error('no server'); }); it('b', () => {});`,
    `it('c', () => { void Promise.reject(new Error('nobody waits')); });`,
  ];
  expect(await totalsOf(...broken)).toMatchObject({passed: 1, failed: 3});
});

test('the totals of a check that hangs hold what was done, and name the file that never ended', async () => {
  const {totals} = await begin([`it('a', () => {});`, `it('b', () => { while (true); });`]);
  const expected = {passed: 1, failed: 1, unfinished: ['1.test.ts']};
  await eventually(async () => expect(await totals()).toMatchObject(expected));
});

test('the totals of a run that never came to its end hold a failure', () => {
  expect(sayTotals(neverCounted)).toBe('0 passed, 1 failed, 0 skipped');
});
