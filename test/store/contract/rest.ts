import {describe, expect, it} from 'vitest';
import {KEEP_OUTPUTS, type RollUp, type RouterReport, type StoreRole} from '../../../source/store/port.ts';
import {newFeature, opener, type Subject} from './subject.ts';
import {eventually} from '../../patience.ts';

function report(fields: Partial<RouterReport> = {}): RouterReport {
  return {
    name: 'sdk web-3/812',
    kind: 'sdk',
    version: 7,
    release: 'r-1',
    percent: 12.5,
    live: true,
    boundMs: 15_000,
    ...fields,
  };
}

/** The names of all functions of an object, and of the objects in it. */
function methodsOf(value: object): string[] {
  const names: string[] = [];
  for (let level: object | null = value; level !== null && level !== Object.prototype;) {
    for (const [name, {value}] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof value === 'function' && name !== 'constructor') names.push(name);
      if (typeof value === 'object' && value !== null)
        names.push(...methodsOf(value as object).map(n => `${name}.${n}`));
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
  return names.sort();
}

const READING = [
  'feedback.read',
  'lease.read',
  'log.follow',
  'log.head',
  'log.read',
  'outputs.read',
  'rollUps.read',
  'routers.list',
  'samples.follow',
  'samples.history',
  'samples.lastId',
  'shares.read',
  'streamClocks',
  'summary.read',
];

export function restContract(subject: () => Subject): void {
  const open = opener(subject);

  describe('roll-ups', () => {
    it('are replaced at the same time, sorted, and kept by kind', async () => {
      const name = newFeature();
      const store = await open('operator');
      const {rollUps} = store.feature(name);
      const t = Math.floor(store.now() / 1000) * 1000;
      const hour = 3_600_000;
      await rollUps.write(
        'seconds',
        [
          {t, body: 'b'},
          {t: t - 1000, body: 'a'},
        ],
        hour,
      );
      await rollUps.write('minutes', [{t, body: 'minute'}], hour);
      await rollUps.write('people', [{t, body: 'people'}], hour);
      await rollUps.write('seconds', [{t, body: 'b, corrected'}], hour);
      const viewed = (await open('viewer')).feature(name).rollUps;
      expect(await viewed.read('seconds', 0)).toEqual([
        {t: t - 1000, body: 'a'},
        {t, body: 'b, corrected'},
      ]);
      expect(await viewed.read('seconds', t)).toEqual([{t, body: 'b, corrected'}]);
      expect(await viewed.read('minutes', 0)).toEqual([{t, body: 'minute'}]);
      expect(await viewed.read('people', 0)).toEqual([{t, body: 'people'}]);
    });

    it('by the thousand are read in order, none twice, also slice by slice', async () => {
      const store = await open('operator');
      const {rollUps} = store.feature(newFeature());
      const now = Math.floor(store.now() / 1000) * 1000;
      const all = Array.from({length: 1001}, (_, index) => ({
        t: now - (1000 - index) * 1000,
        body: `body ${index}`,
      }));
      await rollUps.write('seconds', all, 3_600_000);
      expect(await rollUps.read('seconds', 0)).toEqual(all);
      expect(await rollUps.read('seconds', all[400]!.t - 0.5)).toEqual(all.slice(400));
      const slices: RollUp[][] = [];
      const rest = await rollUps.read('seconds', all[1]!.t, async slice => void slices.push(slice));
      expect(rest).toEqual([]);
      expect(slices.length).toBeGreaterThan(1);
      expect(slices.flat()).toEqual(all.slice(1));
    });

    it('older than their time are dropped, and one may be a megabyte', async () => {
      const store = await open('operator');
      const {rollUps} = store.feature(newFeature());
      const now = store.now();
      const body = 'x'.repeat(1_000_000);
      await rollUps.write(
        'minutes',
        [
          {t: now - 500_000, body: 'old'},
          {t: now - 1000, body},
        ],
        3_600_000,
      );
      expect(await rollUps.read('minutes', 0)).toHaveLength(2);
      await rollUps.write('minutes', [{t: now, body: 'new'}], 60_000);
      expect(await rollUps.read('minutes', 0)).toEqual([
        {t: now - 1000, body},
        {t: now, body: 'new'},
      ]);
    });
  });

  describe('what steps leave behind', () => {
    const output = (step: string, text: string) => ({release: 'r-1', step, attempt: 1, text, result: null});

    it('is kept in order, with its time, for whoever may look', async () => {
      const name = newFeature();
      const store = await open('operator');
      const {outputs} = store.feature(name);
      expect(await outputs.read()).toEqual([]);
      await outputs.write({...output('deploy.backup', 'dumping\ndump-17'), attempt: 2, result: 'dump-17'});
      await outputs.write(output('deploy.deploy', 'x'.repeat(300_000)));
      const kept = await (await open('viewer')).feature(name).outputs.read();
      expect(kept).toMatchObject([
        {step: 'deploy.backup', text: 'dumping\ndump-17', attempt: 2, result: 'dump-17'},
        {step: 'deploy.deploy', result: null},
      ]);
      expect(kept[1]?.text).toHaveLength(300_000);
      for (const {at} of kept) expect(Math.abs(at - store.now())).toBeLessThan(5000);
      expect(await store.feature(newFeature()).outputs.read()).toEqual([]);
    });

    it('is the newest of it only', async () => {
      const {outputs} = (await open('operator')).feature(newFeature());
      for (let n = 1; n <= KEEP_OUTPUTS + 2; n++) await outputs.write(output('deploy.deploy', `${n}`));
      const kept = await outputs.read();
      expect(kept).toHaveLength(KEEP_OUTPUTS);
      expect(kept[0]?.text).toBe('3');
    });
  });

  describe('routers', () => {
    it('are listed with their newest report until they leave or are forgotten', async () => {
      const name = newFeature();
      const store = await open('operator');
      const {routers} = store.feature(name);
      const router = (await open('router')).feature(name);
      expect(await routers.list()).toEqual([]);
      await router.report(report());
      await router.report(report({version: 8, percent: 0, live: false, release: null}));
      await router.report(report({name: 'nginx edge-1', kind: 'nginx'}));
      const listed = await routers.list();
      expect(listed.sort((a, b) => a.name.localeCompare(b.name))).toEqual([
        {...report({name: 'nginx edge-1', kind: 'nginx'}), at: expect.any(Number) as number},
        {...report({version: 8, percent: 0, live: false, release: null}), at: expect.any(Number) as number},
      ]);
      for (const {at} of listed) expect(Math.abs(at - store.now())).toBeLessThan(5000);
      await router.leave('sdk web-3/812');
      expect((await routers.list()).map(listed => listed.name)).toEqual(['nginx edge-1']);
    });

    it('say what a router says and no more: what is longer, or out of range, is no report', async () => {
      const name = newFeature();
      const {routers} = (await open('operator')).feature(name);
      const router = (await open('router')).feature(name);
      const odd = [
        {name: 'n'.repeat(5000)},
        {percent: 101},
        {percent: Number.NaN},
        {boundMs: -1},
        {version: -1},
      ];
      for (const one of odd) await router.report(report({name: `sdk ${Object.keys(one).join('')}`, ...one}));
      await router.report(report());
      expect((await routers.list()).map(listed => listed.name)).toEqual([report().name]);
    });

    it('may send feedback, and may not command', async () => {
      const router = (await open('router')).feature(newFeature());
      await router.writeFeedback(JSON.stringify({type: 'bug', message: 'slow', rating: 2}));
      expect(methodsOf(router)).toEqual([
        'follow',
        'head',
        'leave',
        'report',
        'writeFeedback',
        'writeSamples',
      ]);
    });
  });

  describe('the lease', () => {
    it('is held by one, renewed by its token, and free again when given up', async () => {
      const name = newFeature();
      const store = await open('operator');
      const [one, two] = [store.feature(name).lease, (await open('operator')).feature(name).lease];
      expect(await one.read()).toBeNull();
      const held = await one.hold('guard on ops-1', 'token-1', 60_000);
      expect(held).toMatchObject({holder: 'guard on ops-1', token: 'token-1'});
      expect(Math.abs(held!.until - store.now() - 60_000)).toBeLessThan(5000);
      expect(await two.hold('guard on ops-2', 'token-2', 60_000)).toBeNull();
      const renewed = await one.hold('guard on ops-1', 'token-1', 120_000);
      expect(renewed!.until).toBeGreaterThan(held!.until + 50_000);
      await two.giveUp('token-2');
      expect(await (await open('viewer')).feature(name).lease.read()).toMatchObject({
        holder: 'guard on ops-1',
      });
      await one.giveUp('token-1');
      expect(await two.read()).toBeNull();
      expect(await two.hold('guard on ops-2', 'token-2', 60_000)).toMatchObject({token: 'token-2'});
    });

    it('runs out by itself; who held it too long loses it', async () => {
      const {lease} = (await open('operator')).feature(newFeature());
      await lease.hold('guard on ops-1', 'token-1', 120);
      const next = await eventually(async () => {
        const held = await lease.hold('guard on ops-2', 'token-2', 60_000);
        if (held === null) throw new Error('the lease of ops-1 has not run out');
        return held;
      });
      expect(next.token).toBe('token-2');
      expect(await lease.hold('guard on ops-1', 'token-1', 60_000)).toBeNull();
      await lease.giveUp('token-1');
      expect((await lease.read())?.token).toBe('token-2');
    });

    it('is void once the clock has gone back behind it: a guard that died is not waited for by the hour', async () => {
      const {lease} = (await open('operator')).feature(newFeature());
      await lease.hold('guard on ops-1', 'token-1', 3_600_000);
      expect(await lease.hold('guard on ops-2', 'token-2', 5000)).toMatchObject({token: 'token-2'});
      expect(await lease.hold('guard on ops-1', 'token-1', 5000)).toBeNull();
    });

    it('goes to exactly one of many that reach for it at once', async () => {
      const name = newFeature();
      const stores = await Promise.all([open('operator'), open('operator'), open('operator')]);
      const held = await Promise.all(
        stores.map((store, n) => store.feature(name).lease.hold(`guard ${n}`, `token-${n}`, 60_000)),
      );
      expect(held.filter(lease => lease !== null)).toHaveLength(1);
    });
  });

  describe('a store', () => {
    it.each(['viewer', 'operator', 'router'] as const)(
      'has for a %s no feature of a name that cannot be',
      async role => {
        await open('operator');
        const store = await open(role);
        for (const name of ['', 'Pay', 'a b', '-a', 'a'.repeat(65), 'a}:log']) {
          expect(() => store.feature(name)).toThrow(RangeError);
        }
      },
    );

    it('opened by a viewer has nothing that writes', async () => {
      const store = await open('viewer');
      expect(methodsOf(store.feature(newFeature()))).toEqual(READING);
    });

    for (const role of ['viewer', 'operator', 'router'] satisfies StoreRole[]) {
      it(`opened as ${role} says that it is up, what it is, and what time it is there`, async () => {
        const store = await open(role);
        const health = await eventually(async () => {
          const health = await store.health();
          expect(health.state).toBe('up');
          return health;
        });
        expect(health).toMatchObject({pingMs: expect.any(Number) as number});
        expect(store.label).toContain(store.kind);
        expect(Math.abs(store.now() - Date.now())).toBeLessThan(5000);
      });
    }

    it('may be closed while somebody follows it', async () => {
      const name = newFeature();
      const store = await subject().open('operator');
      const signal = new AbortController().signal;
      const {log, samples} = store.feature(name);
      const following = [
        log.follow(null, () => {}, signal),
        samples.follow(await samples.lastId(), () => {}, signal),
      ];
      await store.close();
      expect(await Promise.all(following)).toEqual([undefined, undefined]);
    });
  });
}
