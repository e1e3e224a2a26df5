/** Faults that a system must live through, each begun and ended on the real parts. */
import {setTimeout as delay} from 'node:timers/promises';
import type {Part, SoakedSystem} from './system.ts';

/** A number in [0, 1), the same for the same seed. */
export type Chance = () => number;

export interface Fault {
  name: string;
  /** Breaks something, waits, and takes the cause away. */
  strike(system: SoakedSystem, chance: Chance): Promise<void>;
}

const between = (chance: Chance, least: number, most: number) =>
  Math.round(least + chance() * (most - least));
const one = (parts: readonly Part[], chance: Chance): Part => parts[Math.floor(chance() * parts.length)]!;

async function killed(part: Part): Promise<void> {
  part.process.kill('SIGKILL');
  if (part.process.exitCode === null && part.process.signalCode === null)
    await new Promise(resolve => part.process.once('exit', resolve));
  part.restart();
}

async function stopped(part: Part, ms: number): Promise<void> {
  part.process.kill('SIGSTOP');
  await delay(ms);
  part.process.kill('SIGCONT');
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'the store is killed',
    async strike({redis}, chance) {
      await redis.kill();
      await delay(between(chance, 200, 3000));
      await redis.start();
    },
  },
  {
    name: 'the store answers nothing',
    async strike({redis}, chance) {
      redis.freeze();
      await delay(between(chance, 500, 4000));
      redis.thaw();
    },
  },
  {
    name: 'the network refuses',
    async strike({way}, chance) {
      await way.refuse();
      await delay(between(chance, 200, 4000));
      await way.accept();
    },
  },
  {
    name: 'connections are cut',
    strike({way}) {
      way.cut();
      return Promise.resolve();
    },
  },
  {
    name: 'answers are lost',
    async strike({way}, chance) {
      way.swallowAnswers();
      await delay(between(chance, 500, 3000));
      way.release();
    },
  },
  {name: 'a guard is killed', strike: ({guards}, chance) => killed(one(guards, chance))},
  {
    name: 'a guard is stopped',
    strike: ({guards}, chance) => stopped(one(guards, chance), between(chance, 500, 8000)),
  },
  {name: 'an app is killed', strike: ({apps}, chance) => killed(one(apps, chance))},
  {
    name: 'an app is stopped',
    strike: ({apps}, chance) => stopped(one(apps, chance), between(chance, 500, 8000)),
  },
  {
    name: 'a channel fails',
    async strike(system, chance) {
      system.isChannelAway = true;
      await system.alert();
      await delay(between(chance, 200, 2000));
      system.isChannelAway = false;
    },
  },
  {
    name: 'an operator is killed',
    strike: (system, chance) =>
      system.killedCommand(between(chance, 50, 700), 'set', String(between(chance, 1, 4))),
  },
];
