import {isRecord} from '../../release/shape.ts';
import {
  KEEP_REPORTS_MS,
  MOST_REPORTS,
  type RouterRegistry,
  type RouterReport,
  type StoredRouterReport,
} from '../port.ts';
import {decodeReport} from '../report.ts';
import type {StoreClock} from './clock.ts';
import type {Keys} from './keys.ts';
import type {Line} from './line.ts';
import {toJson} from '../../release/well-formed.ts';

export function routerRegistry(line: Line, clock: StoreClock, keys: Keys): RouterRegistry {
  return {
    list: async () => {
      const texts = (await line.call(['HVALS', keys.routers], {reads: true})) as string[];
      const now = clock.now();
      return newest(texts.flatMap(decode).filter(({at}) => isOfLate(at, now)));
    },
  };
}

/** As `routerRegistry`; every listing also takes away what is listed no more. */
export function keptRouterRegistry(line: Line, clock: StoreClock, keys: Keys): RouterRegistry {
  return {
    list: async () => {
      const fields = (await line.call(['HGETALL', keys.routers], {reads: true})) as string[];
      const now = clock.now();
      const reports: StoredRouterReport[] = [];
      const gone: string[] = [];
      for (let at = 0; at + 1 < fields.length; at += 2) {
        const name = fields[at] ?? '';
        const text = fields[at + 1] ?? '';
        const report = decode(text)[0];
        if (report !== undefined && isOfLate(report.at, now)) reports.push(report);
        else if (!isOfNewer(text, now)) gone.push(name);
      }
      // Housekeeping: whether it succeeds changes nothing of what was read.
      const listed = newest(reports);
      if (listed.length < reports.length) {
        const kept = new Set(listed.map(({name}) => name));
        gone.push(...reports.flatMap(({name}) => (kept.has(name) ? [] : [name])));
      }
      for (let from = 0; from < Math.min(gone.length, GONE_AT_ONCE); from += 1000)
        await line.call(['HDEL', keys.routers, ...gone.slice(from, from + 1000)]).catch(() => undefined);
      return listed;
    },
  };
}

/** Taken away by one listing at most. */
const GONE_AT_ONCE = 10_000;

/** Those that spoke last, as many as are listed at most. */
function newest(reports: StoredRouterReport[]): StoredRouterReport[] {
  return reports.length <= MOST_REPORTS
    ? reports
    : reports.toSorted((a, b) => b.at - a.at).slice(0, MOST_REPORTS);
}

/** One command and no script: an application needs no right to run scripts. */
export async function report(line: Line, clock: StoreClock, keys: Keys, said: RouterReport): Promise<void> {
  const stored: StoredRouterReport = {...said, at: clock.now()};
  await line.call(['HSET', keys.routers, said.name, toJson(stored)]);
}

export async function leave(line: Line, keys: Keys, name: string): Promise<void> {
  await line.call(['HDEL', keys.routers, name]);
}

/** Anybody who may report may write anything: what is no report is passed over. */
function decode(text: string): StoredRouterReport[] {
  const said: (RouterReport & {at?: unknown}) | null = decodeReport(text);
  return said !== null && typeof said.at === 'number' ? [{...said, at: said.at}] : [];
}

/** Whether a report is to be listed. One from far ahead of the clock would be listed for ever. */
function isOfLate(at: number, now: number): boolean {
  return Math.abs(now - at) <= KEEP_REPORTS_MS;
}

/** What a newer router says in a shape of its own is not ours to take away while it is fresh. */
function isOfNewer(text: string, now: number): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && typeof value['at'] === 'number' && isOfLate(value['at'], now);
  } catch {
    return false;
  }
}
