import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {readFeedback} from '../../source/analysis/feedback/feedback.ts';
import type {UserFeedback} from '../../source/sdk/index.ts';
import {redisMissing} from '../servers/redis.ts';
import {FEATURE, FORCED, Scene, until} from './scene.ts';

describe.skipIf(redisMissing)('feedback through an application', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(() => scene.clear());
  afterAll(() => scene.close());

  const given = async () => readFeedback(await scene.feature.feedback.read(0)).given;

  test('names the version that the user was served', async () => {
    await scene.put('ten-percent', {gray: 'v1.1.0', prod: 'v1.0.9'});
    const pay = (await scene.connect()).feature(FEATURE);
    await pay.ready();
    const gray = pay.decide({id: 'u-1'}, FORCED);
    expect(
      pay.feedback(gray, {type: 'bug', message: '<b>no</b>', rating: 2, user: 1001, phase: 'beta'}),
    ).toBe(true);
    expect(pay.feedback(pay.decide({id: 'u-4'}), {type: 'experience', message: 'fine'})).toBe(true);
    await until(async () =>
      expect(await given()).toMatchObject([
        {type: 'bug', message: '<b>no</b>', rating: 2, version: 'v1.1.0', phase: 'beta', user: '1001'},
        {type: 'experience', rating: null, version: 'v1.0.9', phase: null, user: null},
      ]),
    );
  });

  test('is accepted without a decision, and then names no version', async () => {
    await scene.put('ten-percent');
    const pay = (await scene.connect()).feature(FEATURE);
    await pay.ready();
    const undecided = pay.decisionOf({});
    expect(pay.feedback(undecided, {type: 'bug', message: 'no way in'})).toBe(true);
    await until(async () => expect(await given()).toMatchObject([{message: 'no way in', version: null}]));
  });

  test('waits while the store is away, and is sent before close', async () => {
    await scene.put('ten-percent');
    const deck = await scene.connect();
    const pay = deck.feature(FEATURE);
    await pay.ready();
    const decision = pay.decide({id: 'u-1'});
    await scene.proxy.refuse();
    for (let n = 0; n < 150; n++) pay.feedback(decision, {type: 'bug', message: String(n)});
    expect(pay.feedback(decision, {type: 'bug', message: 'one too many'})).toBe(false);
    await scene.proxy.accept();
    await until(async () => expect((await given()).length).toBeGreaterThanOrEqual(100));
    pay.feedback(decision, {type: 'suggestion', message: 'the last word'});
    await deck.close();
    expect((await given()).at(-1)?.message).toBe('the last word');
  });

  test('is refused if it is invalid, and throws no error', async () => {
    const pay = (await scene.connect()).feature(FEATURE);
    const decision = pay.decide({id: 'u-1'});
    const none: unknown[] = [
      null,
      undefined,
      {},
      {type: 'praise', message: 'x'},
      {type: 'bug', message: ' '},
      7,
    ];
    for (const said of none) expect(pay.feedback(decision, said as UserFeedback)).toBe(false);
  });
});
