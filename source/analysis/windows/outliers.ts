import type {DataFault} from '../people/faults.ts';
import {SIDES, type Side} from '../numbers.ts';
import {plainText} from '../../text/plain-text.ts';

/** What one host did for a side in a stretch of time. */
export interface HostSum {
  id: string;
  requests: number;
  errors: number;
}

/** Requests of a host, and of all others, below which nothing is said. */
const ENOUGH = 20;
/** A host fails by itself if its error rate is so many times that of the others, and so much more. */
const TIMES = 3;
const MORE = 0.05;
/** Standard errors beyond chance, at a design effect of 2.5: requests come in clusters. */
const SURE = 4 * Math.sqrt(2.5);
/** Of so many hosts or more, none does so many times what all others do together. */
const FEWEST = 3;
const LOUD = 10;
const FEWEST_REQUESTS = 100;
/** Hosts of a side that are named. */
const MOST_NAMED = 3;

/**
 * Names hosts that the numbers of their side hide or are made of: one that fails by itself among many clean requests, and one
 * that outweighs all others. @param hostsOf what each host of a side did in the last minute
 */
export function outliers(hostsOf: (side: Side) => readonly HostSum[]): DataFault[] {
  return SIDES.flatMap(side => {
    const hosts = hostsOf(side);
    const all = sumOf(hosts);
    const found = hosts.flatMap(host => {
      const others = {requests: all.requests - host.requests, errors: all.errors - host.errors};
      return [...failing(side, host, others), ...loud(side, host, others, hosts.length)];
    });
    return found.sort((one, other) => other.count - one.count).slice(0, MOST_NAMED);
  });
}

type Sum = Omit<HostSum, 'id'>;

function failing(side: Side, {id, requests, errors}: HostSum, others: Sum): DataFault[] {
  if (requests < ENOUGH || others.requests < ENOUGH) return [];
  const own = errors / requests;
  const rest = others.errors / others.requests;
  const part = (errors + others.errors) / (requests + others.requests);
  const chance = Math.sqrt(part * (1 - part) * (1 / requests + 1 / others.requests));
  if (own < TIMES * rest || own - rest < MORE || own - rest < SURE * chance) return [];
  const text = `instance ${plainText(id, 64)} of ${side} fails ${percent(own)} of ${requests} requests in the last minute, the others ${percent(rest)} of ${others.requests}`;
  return [{code: 'instance-failing', count: errors, text}];
}

function loud(side: Side, {id, requests}: HostSum, others: Sum, hosts: number): DataFault[] {
  if (hosts < FEWEST || requests < FEWEST_REQUESTS || requests <= LOUD * others.requests) return [];
  const text = `instance ${plainText(id, 64)} of ${side} reports ${requests} requests in the last minute, the ${hosts - 1} others ${others.requests}: the numbers of ${side} are those of one instance`;
  return [{code: 'instance-loud', count: requests, text}];
}

function sumOf(hosts: readonly HostSum[]): Sum {
  return hosts.reduce(
    (sum, {requests, errors}) => ({requests: sum.requests + requests, errors: sum.errors + errors}),
    {requests: 0, errors: 0},
  );
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
