import type {ConsoleMode, Deck} from '../../../source/console/deck.ts';
import {
  ALERT_ONLY,
  FAILING,
  feed,
  GRAY_WELL,
  hook,
  PLAN,
  QUIET,
  rolling,
  routers,
  SECOND,
  step,
  WELL,
  type Course,
  type Scene,
} from './rolling.ts';
import {VERDICTS} from './verdicts.ts';
import {World} from './world.ts';

type Build = (now: () => number) => Promise<Scene>;

/** The scenes by name: each a state an operator may meet. */
export const SCENES: Record<string, Build> = {
  quiet: now => rolling(now, QUIET),
  failing: async now => {
    const scene = await rolling(now, FAILING);
    await scene.world.act({
      type: 'alert',
      alert: 'a-2',
      level: 'critical',
      message: 'gray error rate 7.5 % above 5 %',
    });
    return scene;
  },
  'alert-only': now => rolling(now, FAILING, {...PLAN, guardrails: [ALERT_ONLY]}),
  paused: async now => {
    const scene = await rolling(now, QUIET);
    const moment = now();
    scene.world.clock(() => moment - 252 * SECOND);
    await scene.world.act({type: 'pause', release: 'r-7'}, undefined, 'waiting for the payment team');
    scene.world.clock(now);
    return scene;
  },
  'rolling-back': async now => {
    const scene = await rolling(now, FAILING);
    await scene.world.act({type: 'rollback', release: 'r-7'});
    const [first, ...rest] = scene.world.routers;
    scene.world.routers = [{...first!, live: false, percent: 0, version: 99}, ...rest];
    await scene.world.act({type: 'begin-step', release: 'r-7', step: 'rollback.traffic', deadlineMs: 30_000});
    return scene;
  },
  'rolled-back': async now =>
    rolledBack(now, {routers: 3, confirmed: 3, silent: 0, grayRequestsAfter: 41, ms: 212}),
  'rolled-back-silent': async now => {
    const scene = await rolledBack(now, {
      routers: 3,
      confirmed: 2,
      silent: 1,
      grayRequestsAfter: 41,
      ms: 15_002,
    });
    scene.world.routers = scene.world.routers.map((router, index) =>
      index === 2
        ? {...router, live: true, percent: 20, version: 3, at: now() - 16_000, boundMs: 25_000}
        : router,
    );
    return scene;
  },
  idle: async now => {
    const world = new World('new_payment', now);
    await world.controller.ready();
    const course: Course = {prod: () => WELL, gray: () => null};
    feed(world, course, now(), 5);
    return {world, mode: {}, course};
  },
  empty: async now => {
    const world = new World('new_payment', now);
    await world.controller.ready();
    return {world, mode: {}, course: {prod: () => null, gray: () => null}};
  },
  'no-gray': now => rolling(now, {prod: () => WELL, gray: () => null}),
  few: async now =>
    rolling(now, {
      prod: () => WELL,
      gray: age => (age % 20 === 0 && age < 500 ? {...GRAY_WELL, requests: 2} : null),
    }),
  stale: now =>
    rolling(now, {prod: age => (age > 3 ? WELL : null), gray: age => (age > 14 ? FAILING.gray(age) : null)}),
  'store-away': async now => {
    const scene = await rolling(now, {
      prod: age => (age > 12 ? WELL : null),
      gray: age => (age > 12 ? GRAY_WELL : null),
    });
    scene.world.log.tell({type: 'away', why: 'connect ECONNREFUSED 127.0.0.1:6379'});
    scene.world.log.fault = Object.assign(new Error('the store at 127.0.0.1:6379 does not answer'), {
      hint: 'graydeck doctor says what is wrong',
    });
    const since = now() - 12_000;
    const {world} = scene;
    Object.defineProperty(world, 'health', {
      get: () => ({state: 'away', why: 'ECONNREFUSED', sinceMs: world.now() - since}),
    });
    return scene;
  },
  deploying: async now => {
    const scene = await rolling(
      now,
      {prod: () => WELL, gray: () => null},
      {...PLAN, hooks: {...PLAN.hooks, backup: hook('backup'), deploy: hook('deploy')}},
    );
    await scene.world.act({type: 'begin-step', release: 'r-7', step: 'deploy.backup', deadlineMs: 60_000});
    await scene.world.act({type: 'end-step', release: 'r-7', step: 'deploy.backup', outcome: 'done'});
    const moment = now();
    scene.world.clock(() => moment - 23 * SECOND);
    await scene.world.act({type: 'begin-step', release: 'r-7', step: 'deploy.deploy', deadlineMs: 60_000});
    scene.world.clock(now);
    return scene;
  },
  failed: async now => {
    const scene = await rolling(now, QUIET);
    await scene.world.act({type: 'complete', release: 'r-7'});
    for (const [name, outcome] of [
      ['traffic', 'done'],
      ['promote', 'failed'],
    ] as const) {
      await scene.world.act({
        type: 'begin-step',
        release: 'r-7',
        step: `promotion.${name}`,
        deadlineMs: 60_000,
      });
      const error = outcome === 'failed' ? {error: 'exit code 1: image v1.1.0 not found in registry'} : {};
      await scene.world.act({type: 'end-step', release: 'r-7', step: `promotion.${name}`, outcome, ...error});
    }
    return scene;
  },
  completed: async now => {
    const scene = await rolling(now, {prod: () => WELL, gray: age => (age > 90 ? GRAY_WELL : null)});
    const moment = now();
    scene.world.clock(() => moment - 90 * SECOND);
    await scene.world.act({type: 'complete', release: 'r-7'});
    for (const name of ['traffic', 'promote', 'verify', 'traffic-to-prod', 'cleanup']) {
      await scene.world.act({
        type: 'begin-step',
        release: 'r-7',
        step: `promotion.${name}`,
        deadlineMs: 60_000,
      });
      await scene.world.act({type: 'end-step', release: 'r-7', step: `promotion.${name}`, outcome: 'done'});
    }
    scene.world.clock(now);
    routers(scene.world, 'r-7', 0, false);
    return scene;
  },
  disagree: async now => {
    const scene = await rolling(now, QUIET);
    scene.world.routers = scene.world.routers.map((router, index) =>
      index === 1 ? {...router, percent: 5, version: 1} : router,
    );
    return scene;
  },
  guarded: async now => {
    const scene = await rolling(now, FAILING);
    const guard = {name: 'guard on ops-1', kind: 'guard', epoch: 1} as const;
    await scene.world.act({type: 'take-guard'}, guard);
    await scene.world.act(
      {
        type: 'verdict',
        release: 'r-7',
        action: 'rollback',
        reasons: [
          {
            code: 'guardrail',
            metric: 'error_rate',
            value: 7.4,
            threshold: 5,
            samples: 1204,
            windowSeconds: 300,
            text: 'error rate 7.40 % > 5 % for 0:41 of 5:00',
          },
          {
            code: 'evidence',
            metric: 'error_rate',
            value: 4.1,
            threshold: 2,
            samples: 1204,
            windowSeconds: null,
            text: 'gray is worse, chance 1 in 13,000 (acts at 1 in 100)',
          },
        ],
      },
      guard,
    );
    scene.world.sources = [{name: 'prometheus', state: 'up', ageMs: 3000, why: null}];
    return scene;
  },
  newer: async now => {
    const scene = await rolling(now, QUIET);
    const {commits} = scene.world.log;
    const last = commits.at(-1)!;
    const commit = {
      ...last,
      version: last.version + 1,
      id: 'x'.repeat(20),
      parent: last.id,
      minReader: 2,
      events: [{type: 'traffic-mirrored'}],
      at: now(),
    };
    commits.push(commit);
    scene.world.log.tell({type: 'commit', commit});
    return scene;
  },
  chinese: async now => {
    const scene = await rolling(
      now,
      QUIET,
      {
        ...PLAN,
        phases: PLAN.phases.map((phase, index) => ({
          ...phase,
          name: ['内测', '小流量', '半量', '全量'][index] ?? phase.name,
        })),
      },
      '支付二期-v2.0',
    );
    await scene.world.act({
      type: 'alert',
      alert: 'a-3',
      level: 'warning',
      message: '灰度用户反馈：支付页面打开缓慢，请关注 p95',
    });
    return scene;
  },
  metrics: async now => {
    const extra = (times: number) => ({
      counters: {
        retries: 3,
        'uses.export': 2 * times,
        'errors.TypeError:no-total.3f9c': 2 * times,
        'errors.Error:timeout.77aa': times,
      },
      gauges: {},
    });
    return rolling(now, {
      prod: () => ({...WELL, extra: extra(4)}),
      gray: age => (age < 14 * 60 ? {...GRAY_WELL, extra: extra(1)} : null),
    });
  },
  hostile: async now => {
    const scene = await rolling(now, QUIET, PLAN, 'v1\u202E.1.0');
    await scene.world.act({
      type: 'alert',
      alert: 'a-4',
      level: 'critical',
      message: 'evil \u001B[2J\u001B]0;owned\u0007 \u202Etxet\u202C \u0000 end',
    });
    return scene;
  },
};

async function rolledBack(now: () => number, facts: Record<string, number>): Promise<Scene> {
  const scene = await rolling(now, {...FAILING, gray: age => (age > 40 ? FAILING.gray(age) : null)});
  const moment = now();
  scene.world.clock(() => moment - 40 * SECOND);
  await scene.world.act({type: 'rollback', release: 'r-7'}, undefined, 'errors on gray');
  for (const [name, more] of [
    ['traffic', {facts}],
    ['stop', {}],
  ] as const) {
    scene.world.clock(() => moment - 39 * SECOND);
    await scene.world.act({type: 'begin-step', release: 'r-7', step: `rollback.${name}`, deadlineMs: 60_000});
    scene.world.clock(() => moment - 37.8 * SECOND);
    await scene.world.act({
      type: 'end-step',
      release: 'r-7',
      step: `rollback.${name}`,
      outcome: 'done',
      ...more,
    });
  }
  scene.world.clock(now);
  routers(scene.world, 'r-7', 0, false);
  return scene;
}

/** Lets a scene live: measurements and reports go on each second. Returns the way to stop. */
export function live({world, course}: Scene): () => void {
  const moment = world.now();
  let age = 0;
  const timer = setInterval(() => {
    step(world, course, moment, age--);
    const isFresh = (at: number): boolean => moment - at < 2000;
    world.routers = world.routers.map(router => (isFresh(router.at) ? {...router, at: world.now()} : router));
    world.judge();
    world.changed();
  }, SECOND);
  return () => clearInterval(timer);
}

/** Builds a scene's deck. */
export async function deckOf(
  name: string,
  mode: Partial<ConsoleMode>,
  now: () => number = Date.now,
): Promise<{deck: Deck; scene: Scene}> {
  const build = SCENES[name] ?? VERDICTS[name];
  if (build === undefined)
    throw new Error(`no scene ${name}: ${Object.keys({...SCENES, ...VERDICTS}).join(' ')}`);
  const scene = await build(now);
  return {scene, deck: scene.world.deck({...scene.mode, ...mode})};
}
