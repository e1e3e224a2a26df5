import {describe, expect, test} from 'vitest';
import {redisMissing} from '../servers/redis.ts';
import {FAULTS, type Chance} from './faults.ts';
import {breachesOf} from './history.ts';
import {SoakedSystem} from './system.ts';

/** `GRAYDECK_SOAK=MINUTES:SEED` (npm run soak) goes on for so long; else each fault strikes once. */
const [minutes = 0, seed = 1] = (process.env['GRAYDECK_SOAK'] ?? '').split(':').filter(Boolean).map(Number);
/** A router obeys no split that is older than this, and judges so each second. */
const BOUND_MS = 10_000 + 2000;

/** A linear congruential generator: faults come in the same order for the same seed. */
function chanceOf(start: number): Chance {
  let state = start >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** A command that a person may give now. */
async function commandFor(system: SoakedSystem, chance: Chance): Promise<[verb: string, ...words: string[]]> {
  const {state} = await system.look();
  const {release} = state;
  if (release === null || release.state === 'rolled_back')
    return ['start', `v${state.past.length + 3}`, '--over', 'v1', '--plan', 'plan.yaml', '--yes'];
  if (release.state === 'paused') return ['resume'];
  if (chance() < 0.4) return ['rollback', '--no-wait'];
  if (chance() < 0.5) return ['pause', '--reason', 'a look at the numbers'];
  return ['set', String(1 + Math.floor(chance() * 4)), '--yes'];
}

describe.skipIf(redisMissing)('a release under faults', () => {
  test(
    'keeps its promises, and all parts come back after each',
    async () => {
      const chance = chanceOf(seed);
      await using system = await SoakedSystem.open({guards: 2, apps: 3});
      await system.recovered();
      const table = FAULTS.map(({name}) => ({fault: name, times: 0, 'worst recovery, s': 0}));
      const until = performance.now() + minutes * 60_000;
      for (let turn = 0; turn < FAULTS.length || performance.now() < until; turn++) {
        const index = turn < FAULTS.length ? turn : Math.floor(chance() * FAULTS.length);
        // A person acts in the middle of it. Where the store is away, the command is not acknowledged.
        const command = await commandFor(system, chance);
        await Promise.all([FAULTS[index]!.strike(system, chance), system.command(...command)]);
        const recoveredMs = await system.recovered();
        const row = table[index]!;
        row.times += 1;
        row['worst recovery, s'] = Math.max(row['worst recovery, s'], Math.round(recoveredMs / 100) / 10);
        await system.command(...(await commandFor(system, chance)));
      }
      await system.command('rollback', '--no-wait');
      const delivered = await system.delivered();
      const {commits} = await system.look();
      console.table(table);
      console.log(`seed ${seed}: ${commits.length} commits, ${system.acknowledged.length} acknowledged`);
      expect(
        breachesOf({
          commits,
          acknowledged: system.acknowledged,
          served: system.served,
          guards: system.guards.map(({name}) => name),
          alerts: system.alerts,
          delivered,
          failed: [],
          boundMs: BOUND_MS,
        }),
      ).toEqual([]);
      expect(await system.verified()).toBe(true);
      expect(system.acknowledged.length).toBeGreaterThan(FAULTS.length);
      expect(system.served.length).toBeGreaterThan(0);
    },
    (minutes + 20) * 60_000,
  );
});
