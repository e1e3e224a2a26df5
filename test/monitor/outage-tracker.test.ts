import {afterEach, describe, expect, test} from 'vitest';
import {OutageTracker} from '../../source/monitor/outage-tracker.ts';
import {Machine} from '../guard/machine.ts';

const DAWN = 1_800_000_000_000;
let outages: OutageTracker;
afterEach(() => outages.close());

function open() {
  const machine = new Machine();
  let now = DAWN;
  outages = new OutageTracker(machine.clock, () => now);
  /** Time in which this process is awake: it feels its own pulse. */
  const awake = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      machine.pass(500);
      now += 500;
      outages.beat();
    }
  };
  const asleep = (ms: number) => {
    machine.pass(ms);
    now += ms;
  };
  return {awake, asleep};
}

describe('the store', () => {
  test('was away when nothing was heard of it for longer than a lease', () => {
    const {awake} = open();
    outages.answered();
    awake(60_000);
    outages.answered();
    expect(outages.outage).toEqual({from: DAWN, until: DAWN + 60_000});
  });

  test('was not away for a moment without an answer, nor before it answered first', () => {
    const {awake} = open();
    awake(60_000);
    outages.answered();
    awake(3000);
    outages.answered();
    expect(outages.outage).toBeNull();
  });

  test('was not away while this process was stopped: others went on writing', () => {
    const {awake, asleep} = open();
    outages.answered();
    awake(1000);
    asleep(60_000);
    outages.answered();
    expect(outages.outage).toBeNull();
  });

  test('was away for the time that was seen, whatever was slept through in between', () => {
    const {awake, asleep} = open();
    outages.answered();
    asleep(60_000);
    awake(8000);
    outages.answered();
    // To the beat at which it woke.
    expect(outages.outage).toEqual({from: DAWN + 60_500, until: DAWN + 68_000});
  });
});
