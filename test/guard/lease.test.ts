import {describe, expect, test} from 'vitest';
import {LEASE_MS, LeaseHold} from '../../source/guard/lease.ts';
import type {LeaseKeeper} from '../../source/store/port.ts';
import {Machine} from './machine.ts';

/** A store that answers as a test wants; real ones are met in `guards.test.ts`. */
function keeper(hold: () => boolean | Promise<boolean>): LeaseKeeper {
  return {
    read: () => Promise.resolve(null),
    hold: async (holder, token, forMs) => ((await hold()) ? {holder, token, until: forMs} : null),
    giveUp: () => Promise.resolve(),
  };
}

describe('a lease', () => {
  test('is held for as long as it was given, and not a moment longer', async () => {
    const machine = new Machine();
    const lease = new LeaseHold(
      keeper(() => true),
      'guard',
      'token',
      machine.clock,
    );
    expect(lease.isHeld()).toBe(false);
    expect(await lease.hold()).toBe(true);
    machine.pass(LEASE_MS - 500);
    expect(lease.isHeld()).toBe(true);
    machine.pass(500);
    expect(lease.isHeld()).toBe(false);
  });

  test('counts from when it was asked for: a slow answer has used up part of it', async () => {
    const machine = new Machine();
    const slow = keeper(() => {
      machine.pass(LEASE_MS);
      return true;
    });
    const lease = new LeaseHold(slow, 'guard', 'token', machine.clock);
    expect(await lease.hold()).toBe(false);
    expect(lease.isHeld()).toBe(false);
  });

  test.each([
    ['a process that was stopped', (machine: Machine) => machine.pass(60_000)],
    ['a machine that slept', (machine: Machine) => machine.sleep(60_000)],
  ])('has run out for %s, without asking anybody', async (_, sleep) => {
    const machine = new Machine();
    const lease = new LeaseHold(
      keeper(() => true),
      'guard',
      'token',
      machine.clock,
    );
    await lease.hold();
    sleep(machine);
    expect(lease.isHeld()).toBe(false);
  });

  test('does not grow because somebody sets the clock back', async () => {
    const machine = new Machine();
    const lease = new LeaseHold(
      keeper(() => true),
      'guard',
      'token',
      machine.clock,
    );
    await lease.hold();
    machine.setBack(3_600_000);
    machine.pass(LEASE_MS);
    expect(lease.isHeld()).toBe(false);
  });

  test('that another holds is not ours, nor is one that was given up', async () => {
    const machine = new Machine();
    let isFree = true;
    const lease = new LeaseHold(
      keeper(() => isFree),
      'guard',
      'token',
      machine.clock,
    );
    await lease.hold();
    isFree = false;
    expect(await lease.hold()).toBe(false);
    expect(lease.isHeld()).toBe(false);
    isFree = true;
    await lease.hold();
    await lease.giveUp();
    expect(lease.isHeld()).toBe(false);
  });

  test('stays ours while a store that is away has not let it run out', async () => {
    const machine = new Machine();
    let isAway = false;
    const lease = new LeaseHold(
      keeper(() => (isAway ? Promise.reject(new Error('away')) : true)),
      'guard',
      'token',
      machine.clock,
    );
    await lease.hold();
    isAway = true;
    machine.pass(1000);
    await expect(lease.hold()).rejects.toThrow('away');
    expect(lease.isHeld()).toBe(true);
  });
});
