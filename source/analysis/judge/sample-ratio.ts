/**
 * Whether gray gets the share of the eligible requests that the split gives it (a sample-ratio mismatch).
 *
 * Given the eligible requests of a second, gray's part of them is binomial if the split is obeyed. Against a share
 * within the tolerance an alternative beyond it is bet on with likelihood ratios, taken at the nearest end of the
 * tolerated range: within one-parameter exponential families that is an e-value for the whole range. Alternatives and
 * starting times are mixed (Lindon and Malek, NeurIPS 2022, arXiv 2011.03567; start times after Shiryaev), so by
 * Ville's inequality a split that is obeyed is called out in one of a thousand releases at most, however often one
 * looks. Requests of one person go one way together: the log of each bet is divided by how many of them are not one by
 * one, and the tolerance allows for who happens to be in a small crowd.
 */
export interface RatioTrack {
  /** Seconds judged. */
  seconds: number;
  /** Log of the capital on each alternative. */
  capital: number[];
  isOff: boolean;
}

export interface RatioSecond {
  gray: number;
  prod: number;
}

/** The share that the split gives, 0–1, and how far from it is still chance. */
export interface Expected {
  low: number;
  high: number;
}

export const NO_RATIO: RatioTrack = {seconds: 0, capital: [], isOff: false};

/** How sure it must be: one false call in a thousand releases. */
const LIMIT = Math.log(1000);
/** Odds beyond the tolerated range that are bet on, upwards and downwards. */
const BEYOND = [1.25, 1.6, 2.5, 6, 30] as const;
const FEWEST_TO_RECOVER = 100;

/** What is known of the crowd behind the requests. */
export interface Crowd {
  requests: number;
  /** Different eligible people among them; null if people are not counted. */
  users: number | null;
}

/**
 * The tolerated range around the percentages of a split's tiers. A user who fits several tiers has the highest of them, so
 * a tier for everyone is the least; without one the lowest is.
 */
export function expectedShare(
  tiers: readonly {audience: unknown; percent: number}[],
  {requests, users}: Crowd,
): Expected | null {
  if (tiers.length === 0) return null;
  const percents = tiers.map(({percent}) => percent);
  const forAll = tiers.filter(({audience}) => audience === null).map(({percent}) => percent);
  const least = (forAll.length > 0 ? Math.max(...forAll) : Math.min(...percents)) / 100;
  const most = Math.max(...percents) / 100;
  // People are unequally busy: a quarter of them counts. If people are not counted, fifty requests count as one.
  const crowd = Math.max(1, users === null ? requests / 50 : users / 4);
  const base = users === null ? 0.2 : 0.05;
  const spread = (share: number) => 1 + base + 4 * Math.sqrt((1 - share) / (Math.max(share, 1e-4) * crowd));
  return {low: scaled(least, 1 / spread(least)), high: scaled(most, spread(most))};
}

/** Moves a share by a factor on its odds. */
function scaled(share: number, factor: number): number {
  const kept = Math.min(Math.max(share, 0), 1);
  return (kept * factor) / (1 - kept + kept * factor);
}

/**
 * @param together how many requests of a person come together, 1 or more
 * @param recent gray's share of late, 0–1, and of how many requests: what is within the range again is forgotten
 */
export function followRatio(
  track: RatioTrack,
  {gray, prod}: RatioSecond,
  {low, high}: Expected,
  together: number,
  recent: {share: number | null; requests: number},
): RatioTrack {
  if (track.isOff) {
    const {share, requests} = recent;
    const isBack = share !== null && requests >= FEWEST_TO_RECOVER && share >= low && share <= high;
    return isBack ? NO_RATIO : track;
  }
  if (gray + prod <= 0) return track;
  const seconds = track.seconds + 1;
  const begin = -Math.log(seconds * (seconds + 1));
  const capital = betsOn({low, high}).map(({share, bet}, index) => {
    const ratio = bet === share ? 0 : gray * Math.log(bet / share) + prod * Math.log((1 - bet) / (1 - share));
    return sumOfLogs(track.capital[index] ?? Number.NEGATIVE_INFINITY, begin) + ratio / Math.max(1, together);
  });
  const total = capital.reduce(sumOfLogs) - Math.log(2 * BEYOND.length);
  return {seconds, capital, isOff: total >= LIMIT};
}

/** Ends of the range with what is bet against them. Below next to nothing, or above next to all, is nothing to bet on. */
function betsOn({low, high}: Expected): {share: number; bet: number}[] {
  const above = Math.max(high, 0.002);
  const below = Math.min(low, 0.98);
  return [
    ...BEYOND.map(odds => ({share: above, bet: above > 0.99 ? above : scaled(above, odds)})),
    ...BEYOND.map(odds => ({share: below, bet: below < 0.0005 ? below : scaled(below, 1 / odds)})),
  ];
}

/** Log of the sum of two numbers given by their logs. */
function sumOfLogs(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(-Math.abs(a - b)));
}
