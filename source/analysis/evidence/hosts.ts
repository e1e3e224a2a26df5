import {studentNormal, type Measured} from '../student.ts';
import type {EvidenceTick, SideTick} from './tick.ts';

/** Hosts of a side that are followed: a sample of all, large enough to show how hosts differ. */
const MOST = 32;
/** Hosts of both sides, and requests of each, below which nothing is known of how they differ. */
const FEWEST = 5;
const ENOUGH = 20;
/** Seconds after which a third is left of what a host did of late, and requests below which it is silent. */
const LATE_SECONDS = 30;
const SILENT = 1e-4;
/** Variance of a response time over its squared mean, as of exponential times. */
const SPREAD = 1;

class Host {
  /** Hash of its name: state is made of numbers. */
  id = 0;
  /** Requests, errors and milliseconds of the release, and of late. */
  readonly all = [0, 0, 0];
  readonly late = [0, 0, 0];
}

class SideHosts {
  readonly hosts = Array.from({length: MOST}, () => new Host());

  get heard(): Host[] {
    return this.hosts.filter(({late: [requests = 0]}) => requests >= SILENT);
  }

  observe({instances = [], requests: most}: SideTick, seconds: number): void {
    // Until a host is named there is nothing to fade.
    if (instances.length === 0 && this.hosts.every(({id}) => id === 0)) return;
    const keep = Math.exp(-seconds / LATE_SECONDS);
    for (const {late} of this.hosts) for (let i = 0; i < 3; i++) late[i] = (late[i] ?? 0) * keep;
    for (const {id, requests, errors, timeSum} of instances) {
      const canBe = requests > 0 && requests <= most && errors >= 0 && errors <= requests;
      const host = canBe && timeSum >= 0 && timeSum <= 1e18 ? this.#hostOf(hashOf(id)) : undefined;
      for (const [i, more] of [requests, errors, timeSum].entries()) {
        if (host === undefined) break;
        host.all[i] = (host.all[i] ?? 0) + more;
        host.late[i] = (host.late[i] ?? 0) + more;
      }
    }
  }

  /** A new host takes the place of a silent one; undefined: there is none. */
  #hostOf(id: number): Host | undefined {
    const known = this.hosts.find(host => host.id === id);
    if (known !== undefined) return known;
    const silent = this.hosts.find(({late: [requests = 0]}) => requests < SILENT);
    return silent && Object.assign(silent, {id, all: [0, 0, 0], late: [0, 0, 0]});
  }
}

/**
 * Machines differ in speed and in errors, for as long as a release runs. Where gray has hosts of its own, chance deals
 * hosts, not requests or people. So errors and response times may say no more than the means of the hosts do.
 */
export class Hosts {
  readonly prod = new SideHosts();
  readonly gray = new SideHosts();

  /** A second of prod before the release: its hosts are known when gray's first request comes. */
  learn(prod: SideTick): void {
    this.prod.observe(prod, 1);
  }

  /** What a host did for prod before the release is no control for what it does for gray. */
  begin(): void {
    for (const {all} of this.prod.hosts) all.fill(0);
  }

  observe({prod, gray}: EvidenceTick, seconds: number): void {
    this.prod.observe(prod, seconds);
    this.gray.observe(gray, seconds);
  }

  /** Whether all of gray runs on one host, of five or more: its version cannot be told from that host. */
  get isOne(): boolean {
    return this.gray.heard.length === 1 && this.prod.heard.length >= FEWEST - 1 && !this.#isShared;
  }

  /** Log of the e-value that hosts allow a metric at most; infinite where too few are known or each serves both sides. */
  atMost(metric: string): number {
    if (metric === 'conversion_rate' || this.#isShared) return Number.POSITIVE_INFINITY;
    const isTime = metric === 'response_time';
    const measure = isTime ? meanTimes : errorRates;
    // What a host did of late shows what has just begun; where traffic is thin, all of it counts.
    const limits = (['all', 'late'] as const).flatMap(when => {
      const known = ({heard}: SideHosts) =>
        heard.map(host => host[when]).filter(([requests = 0]) => requests >= ENOUGH);
      const [gray, prod] = [known(this.gray), known(this.prod)];
      return eValueOf(measure(gray, prod), measure(prod, gray), isTime);
    });
    return limits.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...limits);
  }

  /** Most of gray's requests are answered by hosts that serve prod as well: each is its own control. */
  get #isShared(): boolean {
    const {heard} = this.prod;
    let balance = 0;
    for (const {id, all} of this.gray.heard) {
      const [requests = 0] = all;
      const [control = 0] = heard.find(host => host.id === id)?.all ?? [];
      balance += control >= Math.min(requests, ENOUGH) ? requests : -requests;
    }
    return balance > 0;
  }
}

/**
 * Log of the greatest e-value that the means of hosts allow; empty where too few of them are known. Where means are close
 * to normal, it is −ln of the probability beyond z. Rates of few errors are skewed, and a single host may be: for them it
 * is z² / 2, which is less.
 */
function eValueOf(gray: readonly Measured[], prod: readonly Measured[], isNormal: boolean): number[] {
  if (gray.length === 0 || prod.length === 0 || gray.length + prod.length < FEWEST) return [];
  const z = Math.max(0, studentNormal(gray, prod));
  return [(z * z) / 2 + (isNormal && gray.length > 1 ? Math.log1p(z * Math.sqrt(2 * Math.PI)) : 0)];
}

type Sums = readonly number[];

/** Rates of hosts, with the variance that the rate of all gives them. */
function errorRates(hosts: readonly Sums[], others: readonly Sums[]): Measured[] {
  const all = [...hosts, ...others];
  const sumOf = (at: number) => all.reduce((sum, host) => sum + (host[at] ?? 0), 0);
  const rate = sumOf(1) / sumOf(0);
  return hosts.map(([n = 0, errors = 0]) => ({value: errors / n, variance: (rate * (1 - rate)) / n}));
}

/** Logs of mean response times; none of a host that has not said any. */
function meanTimes(hosts: readonly Sums[]): Measured[] {
  const timed = hosts.filter(([, , timeSum = 0]) => timeSum > 0);
  return timed.map(([n = 0, , timeSum = 0]) => ({value: Math.log(timeSum / n), variance: SPREAD / n}));
}

/** FNV-1a, 32 bits. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
