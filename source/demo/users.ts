import type {User} from '../audience/place.ts';

/** Number of simulated users. */
export const POPULATION = 60_000;

const COUNTRIES = ['CN', 'DE', 'US', 'BR', 'IN', 'FR'];
const TYPES = ['user', 'user', 'user', 'user', 'lawyer', 'lawyer', 'admin', 'internal_tester'];

/** User `number` of the population, always the same. */
export function userOf(number: number): User & {id: string} {
  return {
    id: `u-${number}`,
    country: COUNTRIES[number % COUNTRIES.length],
    user_type: TYPES[(number * 7) % TYPES.length],
    case_count: number % 23,
  };
}
