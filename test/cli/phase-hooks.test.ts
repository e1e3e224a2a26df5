import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {Workplace} from './program.ts';
import {eventually} from '../patience.ts';

const start = ['start', 'v2', '--feature', 'pay', '--yes', '--plan', 'plan.yaml'];
const hook = (name: string, code = 0) =>
  `[sh, -c, "echo ${name} $GRAYDECK_STEP $GRAYDECK_PHASE $GRAYDECK_PERCENT >> ran.txt; exit ${code}"]`;

async function placeWith(phases: string): Promise<Workplace> {
  const place = await Workplace.open();
  await place.file('plan.yaml', `phases:\n${phases}\ncomplete: manual\n`);
  return place;
}
const ran = async ({folder}: Workplace) =>
  (await readFile(join(folder, 'ran.txt'), 'utf8')).trim().split('\n');

describe('the hooks of phases', () => {
  test('run in their order, told which phase they are for, while the percentage stays', async () => {
    await using place = await placeWith(`
  - {name: alpha, percent: 5, before: ${hook('warm-up')}, after: ${hook('tidy')}}
  - {name: beta, percent: 20, before: ${hook('widen')}}`);
    expect(await place.run(...start)).toMatchObject({exitCode: 0});
    const {exitCode, stdout, stderr} = await place.run('next', '--yes');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('on the way to phase 2 beta: its hooks come first');
    expect(stderr).toMatch(/✔ after the phase.*✔ before the phase/su);
    expect(await place.json('status')).toMatchObject({
      state: 'rolling',
      phase: {name: 'beta'},
      percent: {set: 20},
    });
    expect(await ran(place)).toEqual([
      'warm-up deploy.before alpha 5',
      'tidy phase-2.after alpha 5',
      'widen phase-2.before beta 20',
    ]);
  });

  test('that fail leave everybody where they are, paused with the reason; resume and next try again', async () => {
    await using place = await placeWith(`
  - {name: alpha, percent: 5}
  - {name: beta, percent: 20, before: [test, -f, ready]}`);
    await place.run(...start);
    const failed = await place.run('next', '--yes');
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain(
      'no further user gets gray, but phase-2.before failed: test ended with exit code 1',
    );
    expect(failed.stderr).toContain('→ graydeck resume, then graydeck next');
    expect(await place.json('status')).toMatchObject({state: 'paused', percent: {set: 5}});
    expect(await place.run('retry')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('graydeck resume, then graydeck next') as string,
    });
    await place.file('ready', '');
    await place.run('resume');
    expect(await place.run('next', '--yes')).toMatchObject({exitCode: 0});
    expect(await place.json('status')).toMatchObject({percent: {set: 20}});
  });

  test('a gate is asked until it opens; a pause ends the asking, a reason opens it', async () => {
    await using place = await placeWith(`
  - {name: alpha, percent: 5, confirm: [test, -f, open]}
  - {name: beta, percent: 20, confirm: [test, -f, never]}
  - {name: all, percent: 100}`);
    await place.run(...start);
    const waiting = place.start(['next', '--yes']);
    await eventually(async () =>
      expect((await place.json('status'))['steps']).toContainEqual(
        expect.objectContaining({id: 'phase-2.confirm', state: 'running'}),
      ),
    );
    await place.file('open', '');
    expect(await waiting).toMatchObject({exitCode: 0});
    expect(await place.json('status')).toMatchObject({phase: {name: 'beta'}});
    // The last phase is for everyone.
    const stopped = place.start(['next', '--confirm', 'v2']);
    await eventually(async () =>
      expect((await place.json('status'))['steps']).toContainEqual(
        expect.objectContaining({id: 'phase-3.confirm', state: 'running'}),
      ),
    );
    await place.run('pause');
    await stopped;
    expect(await place.json('status')).toMatchObject({state: 'paused', phase: {name: 'beta'}});
    await place.run('resume');
    expect(await place.run('next', '--confirm', 'v2', '--reason', 'the board agreed')).toMatchObject({
      exitCode: 0,
    });
    expect(await place.json('status')).toMatchObject({phase: {name: 'all'}, percent: {set: 100}});
  });

  test('a hook of a phase that is not there is found before the start', async () => {
    await using place = await placeWith(`
  - {name: alpha, percent: 5, confirm: [./nowhere]}
  - {name: all, percent: 100}`);
    expect(await place.run(...start)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('hooks: alpha, confirm: ./nowhere was not found') as string,
    });
    expect((await place.run('plan', 'show', 'plan.yaml')).stdout).toContain(
      'Left only once this gate opens: ./nowhere',
    );
  });
});
