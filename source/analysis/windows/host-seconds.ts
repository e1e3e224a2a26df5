import type {InstanceTick} from '../evidence/tick.ts';
import {ERRORS, REQUESTS, RESPONSE_TIME} from '../metric-table.ts';
import type {Side} from '../numbers.ts';
import type {Sample} from '../sample.ts';
import type {HostSum} from './outliers.ts';
import {LogHistogram} from '../sketches/log-histogram.ts';

/** Seconds kept: what evidence learns from before a release, and a minute. */
const SECONDS = 360;
/** Hosts of a side that are followed; evidence takes them for a sample of all. */
const MOST_HOSTS = 32;
/** Names of instances remembered, and seconds for which no new one is looked at once there is no room. */
const MOST_NAMES = 4096;
const FULL_SECONDS = 10;
/** Numbers of a host in a second: which second, requests, errors, milliseconds. */
const WIDTH = 4;
/** The SDK names a process `host/pid-random`: processes of one machine are one host, also when they start again. */
const PROCESS = /\/\d+-[0-9a-f]{6}$/u;

interface Row {
  newest: number;
  numbers: Float64Array;
}

/** The hosts of one side. */
class SideRows {
  readonly hosts = new Map<string, Row>();
  readonly #byName = new Map<string, Row>();
  #fullUntil = Number.NEGATIVE_INFINITY;

  /** Undefined: there is no room for another host. */
  rowOf(name: string, second: number): Row | undefined {
    const known = this.#byName.get(name);
    if (known !== undefined || second < this.#fullUntil) return known;
    const host = name.replace(PROCESS, '');
    const row = this.hosts.get(host) ?? this.#newRow(host, second);
    if (this.#byName.size >= MOST_NAMES) this.#byName.clear();
    if (row === undefined) this.#fullUntil = second + FULL_SECONDS;
    else this.#byName.set(name, row);
    return row;
  }

  #newRow(host: string, second: number): Row | undefined {
    if (this.hosts.size >= MOST_HOSTS) {
      for (const [other, {newest}] of this.hosts)
        if (newest <= second - SECONDS) {
          this.hosts.delete(other);
          this.#byName.clear();
        }
      if (this.hosts.size >= MOST_HOSTS) return undefined;
    }
    const row = {newest: second, numbers: new Float64Array(SECONDS * WIDTH)};
    this.hosts.set(host, row);
    return row;
  }
}

/** What each host did, second by second, for the last minutes: evidence asks whether hosts explain a difference. */
export class HostSeconds {
  readonly #sides = {prod: new SideRows(), gray: new SideRows()};

  /** Another release: gray's hosts are others. */
  forgetGray(): void {
    this.#sides.gray = new SideRows();
  }

  count(sample: Sample, instance: string, second: number): void {
    const row = this.#sides[sample.side].rowOf(instance, second);
    if (row === undefined) return;
    const at = (second % SECONDS) * WIDTH;
    const {numbers} = row;
    const kept = numbers[at] ?? 0;
    if (kept > second) return;
    if (kept < second) numbers.fill(0, at, at + WIDTH);
    row.newest = Math.max(row.newest, second);
    numbers[at] = second;
    numbers[at + 1] = (numbers[at + 1] ?? 0) + sample.valueOf(REQUESTS);
    numbers[at + 2] = (numbers[at + 2] ?? 0) + sample.valueOf(ERRORS);
    numbers[at + 3] = (numbers[at + 3] ?? 0) + timeSum(sample);
  }

  /** What each host did from a second on up to another, exclusive; at most the seconds that are kept. */
  over(side: Side, first: number, end: number): HostSum[] {
    return Array.from(this.#sides[side].hosts, ([id, {numbers}]) => {
      const sum = {id, requests: 0, errors: 0};
      for (let second = Math.max(first, end - SECONDS); second < end; second++) {
        const at = (second % SECONDS) * WIDTH;
        if (numbers[at] !== second) continue;
        sum.requests += numbers[at + 1] ?? 0;
        sum.errors += numbers[at + 2] ?? 0;
      }
      return sum;
    }).filter(({requests}) => requests > 0);
  }

  /** Those heard in a second; empty where none is named or the second is no longer kept. */
  at(side: Side, second: number): InstanceTick[] {
    const found: InstanceTick[] = [];
    const at = (second % SECONDS) * WIDTH;
    for (const [id, {numbers}] of this.#sides[side].hosts)
      if (numbers[at] === second) {
        const [, requests = 0, errors = 0, sum = 0] = numbers.subarray(at, at + WIDTH);
        found.push({id, requests, errors, timeSum: sum});
      }
    return found;
  }
}

/** Response times of a sample, summed, milliseconds. */
function timeSum(sample: Sample): number {
  let sum = 0;
  for (let index = 0; index < sample.length; index++) {
    if (sample.metrics[index]?.index !== RESPONSE_TIME) continue;
    const from = sample.from[index] ?? 0;
    const isSketch = (sample.to[index] ?? 0) > from;
    sum += isSketch ? LogHistogram.sumOf(sample.bytes, from) : (sample.values[index] ?? 0);
  }
  return sum;
}
