import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {Recordings} from '../../source/protocol/recordings.ts';
import {readRecordingFile} from '../../source/replay/read.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import type {RecordingLine} from '../../source/replay/recording.ts';
import type {Guardrail, Plan} from '../../source/release/plan.ts';
import {World} from '../guard/world.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, MINUTE, SECOND} from '../release/specification.ts';

const EVIDENCE = {falseAlarms: 0.01, margin: 0, then: 'rollback'} as const;

function guardrail(when: string, forMs: number): Guardrail {
  const reading = readCondition(when, metricBook());
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return {when: reading.value, forMs, then: 'rollback', level: 'critical'};
}

let world: World;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-recorded-'));
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, {recursive: true, force: true});
});

/** A release under guard at 20 %, gray failing as given, until it is taken back. */
async function live(plan: Partial<Plan>, errors: (second: number) => number, seconds = 200): Promise<void> {
  world = await World.open(planOf([phase('alpha', 20, {durationMs: HOUR}), phase('all', 100)], plan));
  world.createEvaluator = createEvaluator;
  await world.takeOver();
  for (let second = 0; second < seconds && world.release.rollback === null; second++)
    await world.second(
      {requests: 20, errors: errors(second)},
      {requests: 80, errors: second % 9 === 0 ? 1 : 0},
    );
}

/** The lines that a recorder would have written of it. */
function lines(feature = 'pay'): string[] {
  const begun = [...world.seconds.keys()][0] ?? world.now;
  const head: RecordingLine = {type: 'recording', schema: 'graydeck.recording/1', feature, at: begun};
  const commits = world.controller.commits().map((commit): RecordingLine => ({type: 'commit', commit}));
  const seconds = Array.from(world.seconds, ([t, body]): RecordingLine => ({type: 'second', t, body}));
  return [head, ...commits, ...seconds].map(line => JSON.stringify(line));
}

interface Answer {
  id: string;
  decision: string;
  reason: string;
}

function judged(text: readonly string[], plan: Plan | null = null) {
  const recordings = new Recordings({plan, traits: metricBook().find, declared: {}, createEvaluator});
  const replies = text.map(line => recordings.read(line));
  return {
    answers: replies.flatMap(({answer}) => (answer === null ? [] : [JSON.parse(answer) as Answer])),
    wrong: replies.flatMap(({wrong}) => wrong ?? []),
    isAgainst: recordings.isAgainst,
  };
}

/** The second after which the guard took gray back, counted from the first. */
function takenBackAfter(): number {
  const {rollback} = world.release;
  if (rollback === null) throw new Error('gray was not taken back');
  return Math.floor((rollback.at - [...world.seconds.keys()][0]!) / 1000);
}

describe('a recording by record', () => {
  test('has one decision for each of its seconds, under the name of its feature', async () => {
    await live({}, () => 0, 60);
    const {answers, wrong, isAgainst} = judged(lines());
    expect({wrong, isAgainst}).toEqual({wrong: [], isAgainst: false});
    expect(answers).toHaveLength(60);
    expect(new Set(answers.map(({id, decision}) => `${id} ${decision}`))).toEqual(new Set(['pay continue']));
  });

  test('is judged as the guard judged it, evidence alone, to the very second', async () => {
    await live({evidence: EVIDENCE}, second => (second < 40 ? 0 : 5));
    const {answers, isAgainst} = judged(lines());
    expect(answers.findIndex(({decision}) => decision === 'rollback') + 1).toBe(takenBackAfter());
    expect(answers.at(-1)?.reason).toContain('gray error rate');
    expect(isAgainst).toBe(true);
  });

  test('is judged under another plan, to the second that a guard with that plan takes', async () => {
    const guardrails = [guardrail('error_rate > 10 % over 10s', 30 * SECOND)];
    await live({guardrails}, second => (second < 40 ? 0 : 5));
    const other = planOf([phase('alpha', 20, {durationMs: HOUR}), phase('all', 100)], {guardrails});
    const {answers} = judged(lines(), other);
    expect(answers.findIndex(({decision}) => decision === 'rollback') + 1).toBe(takenBackAfter());
    const lenient = {...other, guardrails: [guardrail('error_rate > 50 % over 10s', 0)]};
    expect(judged(lines(), lenient).answers.map(({decision}) => decision)).not.toContain('rollback');
  });

  test('goes on by the time of the plan, at the share that was recorded', async () => {
    await live({}, () => 0, 100);
    const quick = planOf([phase('alpha', 20, {durationMs: MINUTE}), phase('all', 100, {durationMs: HOUR})]);
    const {answers} = judged(lines(), quick);
    expect(answers.flatMap(({decision}, index) => (decision === 'advance' ? [index] : []))).toHaveLength(1);
  });

  test('answers a second that is there twice, or late, and judges it once', async () => {
    await live({evidence: EVIDENCE}, second => (second < 40 ? 0 : 5));
    const all = lines();
    const again = [...all, ...all];
    const {answers, wrong} = judged(again);
    expect(wrong).toEqual([]);
    expect(answers).toHaveLength(2 * world.seconds.size);
    expect(answers.findIndex(({decision}) => decision === 'rollback') + 1).toBe(takenBackAfter());
  });

  test('says what is wrong with a line, and answers those that are well', async () => {
    await live({}, () => 0, 20);
    const [head, ...rest] = lines();
    const {answers, wrong} = judged([...rest.slice(0, 2), head!, 'junk', '{"type":"second","t":1}', ...rest]);
    expect(wrong).toEqual([
      'no recording has begun: its first line is missing',
      'no recording has begun: its first line is missing',
      'not JSON',
      'allowed is a second as graydeck record writes it',
    ]);
    expect(answers).toHaveLength(20);
  });

  test('may follow another one, and stand between recordings of the protocol', async () => {
    await live({}, () => 0, 20);
    const side = {requests: 10, errors: 0};
    const {answers, wrong} = judged([
      '{"type":"start","id":"a"}',
      ...lines('pay'),
      JSON.stringify({type: 'tick', id: 'a', t: 1, prod: side, gray: side}),
      ...lines('search'),
    ]);
    expect(wrong).toEqual([]);
    expect(Map.groupBy(answers, ({id}) => id).get('search')).toHaveLength(20);
    expect(answers.filter(({id}) => id === 'a')).toHaveLength(1);
  });

  test('keeps what people wrote, whatever ends a line elsewhere', async () => {
    await live({}, () => 0, 5);
    const message = 'a\u2028b\u2029c\u0000d\u0085e\r\nf\uD800g';
    await world.does({type: 'alert', alert: 'a-9', level: 'info', message});
    const text = lines();
    expect(judged(text).wrong).toEqual([]);
    const path = join(folder, 'pay.ndjson');
    await writeFile(path, text.map(line => `${line}\n`).join(''));
    const recording = await readRecordingFile(path);
    const events = recording.commits.flatMap(({events: all}) => all);
    const known = world.controller.commits().flatMap(({events: all}) => all);
    expect(events).toEqual(JSON.parse(JSON.stringify(known)));
    expect(JSON.stringify(events)).toContain('\u2028');
  });
});
