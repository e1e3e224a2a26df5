import type {Commit} from '../../release/commit.ts';
import {encodeCommit, placeOf, type LogEntry} from '../chain.ts';
import {StoreFault} from '../fault.ts';
import {followLog, readHead, readLog, type LogSource} from '../follow.ts';
import type {AppendResult, LogReader, LogWriter} from '../port.ts';
import type {Bells} from './bell.ts';
import type {Command} from './connection.ts';
import {Gone, Refused, saysReplica} from './faults.ts';
import {FEATURES, type Keys} from './keys.ts';
import type {Line} from './line.ts';
import {SCRIPTS} from './scripts.ts';

/** How often an append looks again when the log changes under it. */
const ATTEMPTS = 4;

/** An entry, and what the append script needs to recognise it. */
interface StreamEntry extends LogEntry {
  id: string;
  /** Its field `commit`; empty when it has none. */
  commit: string;
}

interface StreamSource extends LogSource {
  entries(from: number, limit: number): Promise<StreamEntry[]>;
}

export function logSource(line: Line, bells: Bells, {log, bell}: Keys): StreamSource {
  const read = async (command: Command): Promise<StreamEntry[]> =>
    ((await line.call(command, {reads: true})) as [string, string[]][]).map(readEntry);
  return {
    keepAlive: line.keepAlive,
    // From the very beginning: junk may lie before the place of the first commit.
    entries: (from, limit) => read(['XRANGE', log, from <= 1 ? '-' : `${from}-0`, '+', 'COUNT', limit]),
    newest: async limit => (await read(['XREVRANGE', log, '+', '-', 'COUNT', limit])).toReversed(),
    listen: () => bells.listen(bell),
  };
}

export function logReader(line: Line, source: LogSource): LogReader {
  return {
    head: () => readHead(source),
    read: (afterVersion, take) => readLog(source, afterVersion, take),
    follow: (after, onNews, signal) =>
      followLog(source, after, onNews, AbortSignal.any([signal, line.closed])),
  };
}

export function logWriter(line: Line, source: StreamSource, keys: Keys, feature: string): LogWriter {
  let listed = false;
  /** Puts the feature's name into the set of all: a slot of its own, and so a command of its own. */
  const list = async (): Promise<void> => {
    if (listed) return;
    await line.call(['SADD', FEATURES, feature]).then(
      () => (listed = true),
      () => undefined,
    );
  };
  return {
    append: async commit => {
      // A commit is not held up by a list of names, but for the first, which puts it there; the next one tries again.
      const listing = list();
      const result = await append(line, source, keys, commit);
      if (commit.parent === null) await listing;
      return result;
    },
  };
}

async function append(line: Line, source: StreamSource, keys: Keys, commit: Commit): Promise<AppendResult> {
  const text = encodeCommit(commit);
  const script = exposesMore(commit) ? SCRIPTS.append : SCRIPTS.appendEvenWhenFull;
  const before = commit.parent === null ? '' : `${commit.version - 1}-0`;
  let foreign = {id: '', text: ''};
  let lost: StoreFault | null = null;
  let isMoved = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    let said: unknown;
    try {
      // prettier-ignore
      said = await line.call(['EVAL', script, 2, keys.log, keys.aside, `${commit.version}-0`, before, commit.id,
        commit.parent ?? '', text, keys.bell, foreign.id, foreign.text]);
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error;
      // Nothing was carried out, and another connection may lead to the primary that there is by now.
      if (error.cause instanceof Refused && saysReplica(error.cause) && !isMoved) {
        isMoved = true;
        continue;
      }
      // No answer is not a no. The script looks for this commit before it writes, so it may be asked once more.
      if (!(error.cause instanceof Gone)) throw lost !== null && isSent(lost) ? unknown(lost, commit) : error;
      if (lost !== null) throw isSent(lost) || isSent(error) ? unknown(error, commit) : error;
      lost = error;
      continue;
    }
    if (said === 'written' || said === 'mine') return {outcome: 'written'};
    const entries = await source.entries(Math.max(1, commit.version - 1), 3);
    const place = placeOf(commit, entries);
    if (place === 'mine') return {outcome: 'written'};
    if (place === 'taken' || place === 'parted') return {outcome: 'conflict'};
    const odd = place === 'foreign' ? entries[commit.parent === null ? 0 : 1] : undefined;
    foreign = {id: odd?.id ?? '', text: odd?.commit ?? ''};
  }
  return {outcome: 'conflict'};
}

function isSent({cause}: StoreFault): boolean {
  return cause instanceof Gone && cause.sent;
}

function unknown(lost: StoreFault, {version}: Commit): StoreFault {
  const message = `${lost.message} Whether version ${version} was written is not known.`;
  return new StoreFault(lost.code, message, 'Look at the log before you repeat it.', lost.cause);
}

/** Whether more users may get gray after it. Only such a commit has to wait when the store is full. */
function exposesMore({events}: Commit): boolean {
  return events.some(event => {
    switch (event.type) {
      case 'release-started':
      case 'release-resumed':
      case 'phase-entered':
      case 'promotion-started':
      case 'user-included':
        return true;
      case 'percent-set':
        return !('percent' in event && 'from' in event) || event.percent > event.from;
      default:
        return false;
    }
  });
}

function readEntry([id, fields]: [string, string[]]): StreamEntry {
  const at = fields.findIndex((name, index) => index % 2 === 0 && name === 'commit');
  const commit = at < 0 ? '' : (fields[at + 1] ?? '');
  const version = /^[1-9]\d*-0$/.test(id) ? Number.parseInt(id, 10) : Number.NaN;
  return {id, version, commit, text: at < 0 ? JSON.stringify(fields) : commit};
}
