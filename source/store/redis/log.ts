import type {Commit} from '../../release/commit.ts';
import {encodeCommit, placeOf, type LogEntry} from '../chain.ts';
import {exposesMore} from '../exposes-more.ts';
import {StoreFault} from '../fault.ts';
import {followLog, readHead, readLog, type LogSource} from '../follow.ts';
import type {AppendResult, LogReader, LogRehearsal, LogWriter} from '../port.ts';
import type {Bells} from './bell.ts';
import type {Command} from './connection.ts';
import {Gone, Refused, saysReplica} from './faults.ts';
import {FEATURES, type Keys} from './keys.ts';
import type {Line} from './line.ts';
import {runWithAside, SCRIPTS} from './scripts.ts';

/** How often an append looks again when the log changes under it. */
const ATTEMPTS = 4;

/** What the append script gives where the log is not as the caller thinks. */
type SeenEntry = [id: string, fields: string[], mark: string];

export function logSource(line: Line, bells: Bells, {log, bell}: Keys): LogSource {
  const read = async (command: Command): Promise<LogEntry[]> =>
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
    read: (afterVersion, take, onBreak) => readLog(source, afterVersion, take, onBreak),
    follow: (after, onNews, signal) =>
      followLog(source, after, onNews, AbortSignal.any([signal, line.closed])),
  };
}

export function logWriter(line: Line, keys: Keys, feature: string): LogWriter & LogRehearsal {
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
      const result = await append(line, keys, commit);
      if (commit.parent === null) await listing;
      return result;
    },
    rehearse: async commit => await append(line, keys, commit, true),
  };
}

async function append(line: Line, keys: Keys, commit: Commit, rehearses = false): Promise<AppendResult> {
  const script = exposesMore(commit) ? SCRIPTS.append : SCRIPTS.appendEvenWhenFull;
  const before = commit.parent === null ? '' : `${commit.version - 1}-0`;
  const told = [
    `${commit.version}-0`,
    before,
    commit.id,
    commit.parent ?? '',
    encodeCommit(commit),
    keys.bell,
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
          ? await line.call(['EVAL', script, 1, keys.log, ...words])
          : await runWithAside(line, script, {key: keys.log, aside: keys.aside}, words);
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
    // Where the answer to the try that put something aside was lost, the next one finds its own commit.
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
  return cause instanceof Gone && cause.sent;
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
