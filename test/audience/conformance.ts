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

const read = JSON.parse(
  readFileSync(new URL('../../fixtures/conformance/routing.json', import.meta.url), 'utf8'),
) as {
  now: string;
  base: Split;
  splits: Record<string, Partial<Split> & {edgeRefuses?: string}>;
  cases: RoutingCase[];
};

export const NOW = Date.parse(read.now);
export const CASES: readonly RoutingCase[] = read.cases;

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

export function askedOf({headers, cookies, address}: RoutingCase): Asked {
  return {headers, cookies, address};
}

/** What a case that `registers` registers. */
export const CUSTOM = {has_contract: (user: User) => 'contract' in user};
