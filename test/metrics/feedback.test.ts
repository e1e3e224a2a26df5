import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {FeedbackFollower, type FeedbackRelease} from '../../source/metrics/feedback.ts';
import {openStore} from '../../source/store/open.ts';
import type {FeatureStore, OperatorStore} from '../../source/store/port.ts';
import {eventually} from '../patience.ts';

const folder = mkdtempSync(join(tmpdir(), 'graydeck-feedback-'));
let store: OperatorStore;
let count = 0;

beforeAll(async () => {
  store = await openStore(`sqlite:${join(folder, 'graydeck.db')}`, 'operator');
});
afterAll(async () => {
  await store.close();
  rmSync(folder, {recursive: true});
});

class Scene implements AsyncDisposable {
  readonly feature: FeatureStore = store.feature(`f-${++count}`);
  release: FeedbackRelease | null = {
    id: 'r-1',
    version: 'v1.1.0',
    prodVersion: 'v1.0.9',
    phases: ['beta'],
    startedAt: 0,
  };
  readonly follower = new FeedbackFollower({
    source: {
      read: async (...where) => {
        if (this.isAway) throw new Error('the store is away');
        return await this.feature.feedback.read(...where);
      },
    },
    target: () => this.release,
    now: () => store.now(),
    everyMs: 5,
  });
  isAway = false;

  async say(type: string, rating: number, version = 'v1.1.0', times = 1): Promise<void> {
    const text = JSON.stringify({type, message: 'x', rating, deployment_version: version});
    for (let time = 0; time < times; time++) await this.feature.feedback.write(text);
  }

  read(metric: string, overMs = 3_600_000) {
    return this.follower.read(metric, overMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.follower.close();
  }
}

describe('feedback as numbers of both sides', () => {
  it('is known after the first look, and follows what comes', async () => {
    await using scene = new Scene();
    await scene.say('bug', 2);
    await scene.feature.feedback.write('junk');
    await scene.say('experience', 4, 'v1.0.9');
    expect(scene.read('bug_reports')).toMatchObject({state: 'no-data', gray: null});
    await scene.follower.start();
    expect(scene.read('bug_reports')).toMatchObject({
      state: 'ok',
      gray: 1,
      prod: 0,
      samples: {gray: 1, prod: 0},
      source: 'feedback',
    });
    expect(scene.read('user_satisfaction')).toMatchObject({gray: 2, prod: 4});
    expect(scene.read('error_rate')).toBeNull();
    await scene.say('bug', 4, 'v1.1.0', 1200);
    await eventually(() => expect(scene.read('bug_reports')?.gray).toBe(1201));
    expect(scene.read('bug_reports', 0)).toMatchObject({coveredMs: 0});
  });

  it('that nobody gave is no rating, and no bug', async () => {
    await using scene = new Scene();
    await scene.follower.start();
    expect(scene.read('user_satisfaction')).toMatchObject({state: 'no-data', gray: null});
    expect(scene.read('bug_reports')).toMatchObject({state: 'ok', gray: 0});
  });

  it('begins again with another release', async () => {
    await using scene = new Scene();
    await scene.say('bug', 1);
    await scene.follower.start();
    const first = scene.release!;
    scene.release = {...first, id: 'r-2', startedAt: store.now() + 1};
    expect(scene.read('bug_reports')).toMatchObject({state: 'no-data', gray: null});
    await eventually(() => expect(scene.read('bug_reports')).toMatchObject({state: 'ok', gray: 0}));
    scene.release = null;
    expect(scene.read('bug_reports')).toMatchObject({state: 'no-data', gray: null});
  });

  it('is no number any more once the store has been silent for a while', async () => {
    await using scene = new Scene();
    await scene.say('bug', 1);
    await scene.follower.start();
    scene.isAway = true;
    await eventually(() => expect(scene.read('bug_reports')).toMatchObject({state: 'away', gray: null}));
    scene.isAway = false;
    await eventually(() => expect(scene.read('bug_reports')).toMatchObject({state: 'ok', gray: 1}));
  });
});
