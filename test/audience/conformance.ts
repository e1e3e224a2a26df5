import {readFileSync} from 'node:fs';
import type {Asked} from '../../source/audience/forced.ts';
import type {Standing} from '../../source/audience/decide.ts';
import type {User} from '../../source/audience/rule.ts';
import type {Split} from '../../source/release/split.ts';

/** A case of `fixtures/conformance/routing.json`; what its fields mean is said there. */
export interface RoutingCase {
  name: string;
  split: string;
  user: User;
  headers?: Record<string, string>;
  cookies?: Record<string, string>;
  address?: string;
  standing?: Standing;
  registers?: boolean;
  sdkOnly?: string;
  expect: {side: 'prod' | 'gray'; reason: string; cohort: 'eligible' | 'chosen' | 'outside'};
}

/** A request of the file, as it is sent. */
export interface SentRequest {
  name: string;
  split: string;
  lines: [name: string, value: string][];
  idFrom?: 'cookie';
  bytes?: boolean;
  typed?: string;
  expect: RoutingCase['expect'];
}

const read = JSON.parse(
  readFileSync(new URL('../../fixtures/conformance/routing.json', import.meta.url), 'utf8'),
) as {
  now: string;
  base: Split;
  splits: Record<string, Partial<Split> & {edgeRefuses?: string}>;
  cases: RoutingCase[];
  requests: SentRequest[];
};

export const NOW = Date.parse(read.now);
export const CASES: readonly RoutingCase[] = read.cases;

export const REQUESTS: readonly SentRequest[] = read.requests;

export const SPLITS: readonly string[] = Object.keys(read.splits);

/** What an edge refuses this split for, by name; undefined: it can express it. */
export function edgeRefusalOf(name: string): string | undefined {
  return read.splits[name]?.edgeRefuses;
}

/** A split of the file by its name. */
export function splitNamed(name: string): Split {
  const {edgeRefuses: _, ...changes} = read.splits[name]!;
  return {...read.base, ...changes};
}

/** The header lines of a request, one letter for each byte. */
export function sentLines({lines, bytes = false}: SentRequest): [name: string, value: string][] {
  return lines.map(([name, value]) => [name, bytes ? value : Buffer.from(value).toString('latin1')]);
}

/** How an application finds the user in a request: as Node gives the headers. */
export function userIn(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  idFrom: SentRequest['idFrom'],
): User {
  const one = (name: string) => headers[name] as string | undefined;
  const cookie = /(?:^|; )uid=(?<uid>[^;]*)/u.exec(one('cookie') ?? '')?.groups?.['uid'];
  return {id: (idFrom === 'cookie' ? cookie : one('x-user-id')) ?? null, country: one('x-country')};
}

export function askedOf({headers, cookies, address}: RoutingCase): Asked {
  return {headers, cookies, address};
}

/** What a case that `registers` registers. */
export const CUSTOM = {has_contract: (user: User) => 'contract' in user};
