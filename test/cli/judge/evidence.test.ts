import {createInterface} from 'node:readline';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, inject, test} from 'vitest';
import {makeLaunch, type Shape} from '../../analysis/evidence/simulation/launch.ts';
import {MIXES} from '../../analysis/evidence/simulation/mixes.ts';
import type {Truth} from '../../analysis/evidence/simulation/world.ts';
import {Workplace} from '../program.ts';

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open('redis://127.0.0.1:1/0');
});
afterAll(() => place[Symbol.asyncDispose]());

/** Sixty requests a second, a fifth of them gray; from the tenth second on gray differs. */
const launch =
  (gray: Partial<Truth>): Shape =>
  setting => {
    setting.requestsPerSecond = 60;
    setting.traffic = t => (t === 15 ? 0 : 60);
    setting.shareAt = t => (t === 25 ? 0 : 0.2);
    setting.truth = (side, t) => (side === 'gray' && t >= 10 ? {...setting.base, ...gray} : setting.base);
  };

const LAUNCHES: Record<string, Shape> = {
  good: launch({}),
  failing: launch({errors: 0.5}),
  slow: launch({slower: 1}),
  leaving: launch({conversions: 0}),
};
const SECONDS = 60;

/** The lines of one launch: a minute of history, a minute of ticks. */
function recordingOf(id: string, seed: number): string[] {
  const {history, ticks} = makeLaunch(LAUNCHES[id]!, seed, SECONDS, MIXES.thin, true);
  return [
    {type: 'start', id, tickSeconds: 1, horizonSeconds: SECONDS, grayShare: 0.2, buckets: 144},
    ...history.slice(-60).map(({t, prod}) => ({type: 'history', id, t, prod})),
    ...[...ticks()].map(tick => ({type: 'tick', id, ...tick})),
    {type: 'end', id},
  ].map(line => JSON.stringify(line));
}

const RECORDINGS = Object.keys(LAUNCHES).map((id, index) => recordingOf(id, 40 + index));
const interleaved = RECORDINGS[0]!.flatMap((_, line) => RECORDINGS.map(lines => lines[line]!));

const answersIn = (text: string) =>
  text.split('\n').map(line => JSON.parse(line) as {id: string; decision: string; reason: string});

describe('the judge without a plan', () => {
  test('decides by evidence alone, and gives the transcript it always gave', async () => {
    const {stdout, stderr, exitCode} = await place.runWith({input: interleaved.join('\n')}, 'judge');
    await expect(`${stdout}\n`).toMatchFileSnapshot('../../../fixtures/judge/evidence-answers.ndjson');
    expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 5});
    const answers = answersIn(stdout);
    expect(answers).toHaveLength(RECORDINGS.length * SECONDS);
    const stopOf = (id: string) =>
      answers.filter(answer => answer.id === id).findIndex(({decision}) => decision === 'rollback') + 1;
    expect(stopOf('good')).toBe(0);
    expect(stopOf('failing')).toBeGreaterThanOrEqual(10);
    expect(stopOf('failing')).toBeLessThanOrEqual(13);
    expect(stopOf('slow')).toBeGreaterThanOrEqual(10);
    // Once against it, always.
    const after = answers.filter(({id}) => id === 'failing').slice(stopOf('failing') - 1);
    expect(new Set(after.map(({decision}) => decision))).toEqual(new Set(['rollback']));
  });

  test('gives each recording the same answers, alone or among thirty others', async () => {
    const others = Array.from({length: 30}, (_, index) =>
      RECORDINGS[0]!.map(line => line.replace('"id":"good"', `"id":"good ${index}"`)),
    );
    const all = [...RECORDINGS, ...others];
    const together = RECORDINGS[0]!.flatMap((_, line) => all.map(lines => lines[line]!));
    const [{stdout: among}, ...alone] = await Promise.all([
      place.runWith({input: together.join('\n')}, 'judge'),
      ...RECORDINGS.map(lines => place.runWith({input: lines.join('\n')}, 'judge')),
    ]);
    const answers = answersIn(among);
    expect(answers).toHaveLength(all.length * SECONDS);
    for (const {stdout} of alone) {
      const own = answersIn(stdout);
      expect(answers.filter(({id}) => id === own[0]!.id)).toEqual(own);
    }
  });

  test('answers each tick at once, before anything else is written to it', async () => {
    const running = execa(process.execPath, [inject('program'), 'judge'], {
      cwd: place.folder,
      env: place.environment(),
      extendEnv: false,
      reject: false,
      buffer: {stdout: false},
    });
    const answers = createInterface({input: running.stdout})[Symbol.asyncIterator]();
    let asked = 0;
    let rolledBack = 0;
    for (const line of interleaved) {
      running.stdin.write(`${line}\n`);
      if (!line.startsWith('{"type":"tick"')) continue;
      const {value} = (await answers.next()) as {value: string};
      const {id, decision} = JSON.parse(value) as {id: string; decision: string};
      expect(line).toContain(`"id":"${id}"`);
      asked++;
      if (decision === 'rollback') rolledBack++;
    }
    expect(asked).toBe(RECORDINGS.length * SECONDS);
    expect(rolledBack).toBeGreaterThan(40);
    running.stdin.end();
    expect((await answers.next()).done).toBe(true);
    expect((await running).exitCode).toBe(5);
  });
});
