import type {Commit} from '../../release/commit.ts';
import {encodeCommit, placeOf, type LogEntry} from '../chain.ts';
import {exposesMore} from '../exposes-more.ts';
import {StoreFault} from '../fault.ts';
import {followLog, readHead, readLog, type LogSource} from '../follow.ts';
import type {AppendResult, LogReader, LogRehearsal, LogWriter} from '../port.ts';
import type {Notifications} from './notifications.ts';
import type {Command} from './connection.ts';
import {ConnectionLost, CommandError, saysReplica} from './faults.ts';
import {FEATURES, type Keys} from './keys.ts';
import type {RedisClient} from './client.ts';
import {runWithAside, SCRIPTS} from './scripts.ts';

/** Most attempts of an append while the log changes. */
const ATTEMPTS = 4;

/** An entry that the append script returns if the log is not as the caller assumed. */
type SeenEntry = [id: string, fields: string[], mark: string];

export function logSource(
  client: RedisClient,
  notifications: Notifications,
  {log, channel}: Keys,
): LogSource {
  const read = async (command: Command): Promise<LogEntry[]> =>
    ((await client.call(command, {reads: true})) as [string, string[]][]).map(readEntry);
  return {
    keepAlive: client.keepAlive,
    // From the first entry: junk may have a smaller id than the first commit.
    entries: (from, limit) => read(['XRANGE', log, from <= 1 ? '-' : `${from}-0`, '+', 'COUNT', limit]),
    newest: async limit => (await read(['XREVRANGE', log, '+', '-', 'COUNT', limit])).toReversed(),
    subscribe: () => notifications.subscribe(channel),
  };
}

export function logReader(client: RedisClient, source: LogSource): LogReader {
  return {
    head: () => readHead(source),
    read: (afterVersion, take, onBreak) => readLog(source, afterVersion, take, onBreak),
    follow: (after, onNews, signal) =>
      followLog(source, after, onNews, AbortSignal.any([signal, client.closed])),
  };
}

export function logWriter(client: RedisClient, keys: Keys, feature: string): LogWriter & LogRehearsal {
  let listed = false;
  /** Adds the feature to the set of names. The set has a slot of its own, so this is a command of its own. */
  const list = async (): Promise<void> => {
    if (listed) return;
    await client.call(['SADD', FEATURES, feature]).then(
      () => (listed = true),
      () => undefined,
    );
  };
  return {
    append: async commit => {
      // Only the first commit waits for the list of names. If that fails the next commit tries again.
      const listing = list();
      const result = await append(client, keys, commit);
      if (commit.parent === null) await listing;
      return result;
    },
    rehearse: async commit => await append(client, keys, commit, true),
  };
}

async function append(
  client: RedisClient,
  keys: Keys,
  commit: Commit,
  rehearses = false,
): Promise<AppendResult> {
  const script = exposesMore(commit) ? SCRIPTS.append : SCRIPTS.appendEvenWhenFull;
  const before = commit.parent === null ? '' : `${commit.version - 1}-0`;
  const told = [
    `${commit.version}-0`,
    before,
    commit.id,
    commit.parent ?? '',
    encodeCommit(commit),
    keys.channel,
  ];
  let marks: [parent: string, odd: string] = ['', ''];
  let lost: StoreFault | null = null;
  let isMoved = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    let said: unknown;
    try {
      const words = [...told, ...marks, rehearses ? 'rehearse' : ''];
      said =
        marks[1] === ''
          ? await client.call(['EVAL', script, 1, keys.log, ...words])
          : await runWithAside(client, script, {key: keys.log, aside: keys.aside}, words);
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error;
      // The replica carried out nothing. A new connection may lead to the new primary.
      if (error.cause instanceof CommandError && saysReplica(error.cause) && !isMoved) {
        isMoved = true;
        continue;
      }
      // The commit may be written. The script looks for it before it writes, so one more attempt is safe.
      if (!(error.cause instanceof ConnectionLost))
        throw lost !== null && isSent(lost) ? unknown(lost, commit) : error;
      if (lost !== null) throw isSent(lost) || isSent(error) ? unknown(error, commit) : error;
      lost = error;
      continue;
    }
    // If the answer was lost after entries were put aside, the next attempt finds its own commit.
    if (!Array.isArray(said)) return written(said === 'mine' ? marks[1] !== '' : Number(said) > 0);
    const seen = said as SeenEntry[];
    const place = placeOf(commit, seen.map(readEntry));
    if (place === 'mine') return written(marks[1] !== '');
    if (place === 'taken' || place === 'parted') return {outcome: 'conflict'};
    if (place === 'foreign' && rehearses) return written(true);
    const [parent, behind] = commit.parent === null ? [undefined, seen[0]] : seen;
    marks = [parent?.[2] ?? '', place === 'foreign' ? (behind?.[2] ?? '') : ''];
  }
  return {outcome: 'conflict'};
}

function written(isCleared: boolean): AppendResult {
  return isCleared ? {outcome: 'written', putAside: true} : {outcome: 'written'};
}

function isSent({cause}: StoreFault): boolean {
  return cause instanceof ConnectionLost && cause.sent;
}

function unknown(lost: StoreFault, {version}: Commit): StoreFault {
  const message = `${lost.message} Whether version ${version} was written is not known.`;
  return new StoreFault(lost.code, message, 'Look at the log before you repeat it.', lost.cause);
}

function readEntry([id, fields]: readonly [string, string[], string?]): LogEntry {
  const at = fields.findIndex((name, index) => index % 2 === 0 && name === 'commit');
  const version = /^[1-9]\d*-0$/.test(id) ? Number.parseInt(id, 10) : Number.NaN;
  return {version, text: at < 0 ? JSON.stringify(fields) : (fields[at + 1] ?? '')};
}
