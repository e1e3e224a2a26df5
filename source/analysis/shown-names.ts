import type {SideNumbers} from './numbers.ts';
import {own} from '../release/name.ts';

/** Counters of what was used, and of errors by their fingerprint; shown as parts of the requests. */
const USES = 'uses.';
const ERRORS = 'errors.';
export const USE_RATE = 'feature_use_rate.';
export const ERROR_RATE_OF = 'error_rate.';

/** Errors of different kinds that are worth a row. */
const MOST_ERRORS = 3;

/**
 * Names of metrics beyond the standard ones as they are shown: what was used as `feature_use_rate.NAME`, and of errors
 * the most frequent of either side as `error_rate.NAME`, the worst of gray first.
 */
export function shownNames(
  names: readonly string[],
  {prod, gray}: {prod: Pick<SideNumbers, 'counters'> | null; gray: Pick<SideNumbers, 'counters'> | null},
  mostErrors = MOST_ERRORS,
): string[] {
  const countOf = (name: string) => [own(gray?.counters, name) ?? 0, own(prod?.counters, name) ?? 0] as const;
  const errors = names
    .filter(name => name.startsWith(ERRORS))
    .map(name => ({name, counts: countOf(name)}))
    .filter(({counts: [onGray, onProd]}) => onGray + onProd > 0)
    .toSorted((a, b) => b.counts[0] - a.counts[0] || b.counts[1] - a.counts[1])
    .slice(0, mostErrors)
    .map(({name}) => `${ERROR_RATE_OF}${name.slice(ERRORS.length)}`);
  const others = names
    .filter(name => !name.startsWith(ERRORS))
    .map(name => (name.startsWith(USES) ? `${USE_RATE}${name.slice(USES.length)}` : name));
  return [...others, ...errors];
}

/** The counter behind a name that is shown as a part of the requests; null for any other. */
export function counterOfShare(name: string): string | null {
  if (name.startsWith(USE_RATE)) return `${USES}${name.slice(USE_RATE.length)}`;
  return name.startsWith(ERROR_RATE_OF) ? `${ERRORS}${name.slice(ERROR_RATE_OF.length)}` : null;
}
