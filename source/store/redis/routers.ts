import {isRecord} from '../../release/shape.ts';
import {
  KEEP_REPORTS_MS,
  MOST_REPORTS,
  type RouterRegistry,
  type RouterReport,
  type StoredRouterReport,
} from '../port.ts';
import {decodeReport} from '../read-documents.ts';
import type {StoreClock} from './clock.ts';
import type {Keys} from './keys.ts';
import type {RedisClient} from './client.ts';
import {toJson} from '../../release/well-formed.ts';

export function routerRegistry(client: RedisClient, clock: StoreClock, keys: Keys): RouterRegistry {
  return {
    list: async () => {
      const texts = (await client.call(['HVALS', keys.routers], {reads: true})) as string[];
      const now = clock.now();
      return newest(texts.flatMap(decode).filter(({at}) => isOfLate(at, now)));
    },
  };
}

/** As `routerRegistry`. Every listing also removes reports that are too old. */
export function keptRouterRegistry(client: RedisClient, clock: StoreClock, keys: Keys): RouterRegistry {
  return {
    list: async () => {
      const fields = (await client.call(['HGETALL', keys.routers], {reads: true})) as string[];
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
      // If this fails the next listing tries again.
      const listed = newest(reports);
      if (listed.length < reports.length) {
        const kept = new Set(listed.map(({name}) => name));
        gone.push(...reports.flatMap(({name}) => (kept.has(name) ? [] : [name])));
      }
      for (let from = 0; from < Math.min(gone.length, GONE_AT_ONCE); from += 1000)
        await client.call(['HDEL', keys.routers, ...gone.slice(from, from + 1000)]).catch(() => undefined);
      return listed;
    },
  };
}

/** Most reports that one listing removes. */
const GONE_AT_ONCE = 10_000;

/** The newest reports, at most `MOST_REPORTS`. */
function newest(reports: StoredRouterReport[]): StoredRouterReport[] {
  return reports.length <= MOST_REPORTS
    ? reports
    : reports.toSorted((a, b) => b.at - a.at).slice(0, MOST_REPORTS);
}

/** Uses one command and no script, so that an application needs no right to run scripts. */
export async function report(
  client: RedisClient,
  clock: StoreClock,
  keys: Keys,
  said: RouterReport,
): Promise<void> {
  const stored: StoredRouterReport = {...said, at: clock.now()};
  await client.call(['HSET', keys.routers, said.name, toJson(stored)]);
}

export async function leave(client: RedisClient, keys: Keys, name: string): Promise<void> {
  await client.call(['HDEL', keys.routers, name]);
}

/** Reads a report. An application may write any text, so anything else is skipped. */
function decode(text: string): StoredRouterReport[] {
  const said: (RouterReport & {at?: unknown}) | null = decodeReport(text);
  return said !== null && typeof said.at === 'number' ? [{...said, at: said.at}] : [];
}

/** Whether a report is recent. A report from far ahead of the clock would be listed for ever. */
function isOfLate(at: number, now: number): boolean {
  return Math.abs(now - at) <= KEEP_REPORTS_MS;
}

/** Whether a recent report has the shape of a newer version. It is not removed. */
function isOfNewer(text: string, now: number): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && typeof value['at'] === 'number' && isOfLate(value['at'], now);
  } catch {
    return false;
  }
}
