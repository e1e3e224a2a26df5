import type {Traffic} from '../../analysis/power.ts';
import {usage} from '../output/failure.ts';

/** Error rate of prod where none is given: one request in a hundred. */
const ERROR_RATE = 0.01;
const SHAPE = /^\s*(\d+(?:\.\d+)?)\s*\/\s*s\s*(?:,\s*(\d+(?:\.\d+)?)\s*%\s*)?$/u;

/** Traffic as it is typed: `200/s`, `200/s,0.5%`. @throws Failure exit code 2 */
export function readTraffic(text: string): Traffic {
  const read = SHAPE.exec(text);
  const requestsPerSecond = Number(read?.[1]);
  const errorRate = read?.[2] === undefined ? ERROR_RATE : Number(read[2]) / 100;
  if (read === null || !(requestsPerSecond > 0 && requestsPerSecond <= 1e9) || errorRate >= 1)
    throw usage('--traffic is no rate of requests', '--traffic 200/s, or 200/s,0.5%', 'bad-traffic');
  return {requestsPerSecond, errorRate};
}
