import type {SideNumbers, Span} from './numbers.ts';
import {counterOfShare} from './shown-names.ts';
import {own} from '../release/own.ts';

/** Value of a metric on a side, in the metric's unit; null where it is unknown. Other counters are per second of the window. */
export function valueOf(name: string, numbers: SideNumbers, window: Span): number | null {
  switch (name) {
    case 'throughput':
      return numbers.requestsPerSecond;
    case 'error_rate':
      return numbers.errorRate;
    case 'response_time_p50':
      return numbers.responseTime.p50;
    case 'response_time_p95':
      return numbers.responseTime.p95;
    case 'response_time_p99':
      return numbers.responseTime.p99;
    case 'response_time':
      return numbers.responseTime.mean;
    case 'availability':
      return numbers.availability;
    case 'conversion_rate':
      return numbers.conversionRate;
    case 'active_users':
      return numbers.activeUsers;
    default: {
      const part = counterOfShare(name);
      if (part !== null) return shareOf(own(numbers.counters, part), numbers.requests);
      const gauge = own(numbers.gauges, name);
      if (gauge !== undefined) return gauge;
      const counter = own(numbers.counters, name);
      const seconds = (window.to - window.from) / 1000;
      return counter === undefined || seconds <= 0 ? null : counter / seconds;
    }
  }
}

function shareOf(part: number | undefined, requests: number): number | null {
  return part === undefined || requests <= 0 ? null : (part / requests) * 100;
}

/** Whether `name` is a counter beyond the standard ones; its value is then per second. */
export function isCounter(name: string, sides: readonly SideNumbers[]): boolean {
  return sides.some(numbers => own(numbers.counters, name) !== undefined);
}
