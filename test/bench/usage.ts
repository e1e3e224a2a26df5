/** CPU time and memory of a program and all that it started, read from /proc (Linux). */
import {readdirSync, readFileSync} from 'node:fs';

/** The kernel counts CPU time for /proc in hundredths of a second. */
const TICKS_PER_SECOND = 100;

export type Usage = {readonly cpuSeconds: number; readonly rssMiB: number};

type Process = {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly ticks: number;
};

const readOrNothing = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It ended between the listing and the reading.
  }
};

const readProcess = (pid: number): Process[] => {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  // The name, in brackets, may hold brackets and blanks itself; what follows it may not.
  const [, parent, , session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = rest.slice(7, 11).reduce((sum, field) => sum + Number(field), 0);
  return stat === '' ? [] : [{pid, parent: Number(parent), session: Number(session), ticks}];
};

/** What the program `root`, its session and their descendants use now; zeros once all are collected. */
export function readUsage(root: number): Usage {
  const pids = readdirSync('/proc').map(Number);
  const all = pids.filter(pid => Number.isSafeInteger(pid)).flatMap(pid => readProcess(pid));
  const members = new Set(all.filter(one => one.pid === root || one.session === root).map(one => one.pid));
  const adopt = () => all.filter(one => members.has(one.parent) && !members.has(one.pid));
  for (let found = adopt(); found.length > 0; found = adopt()) {
    for (const {pid} of found) {
      members.add(pid);
    }
  }
  const family = all.filter(one => members.has(one.pid));
  const kilobytes = family.map(
    ({pid}) => /VmRSS:\s+(\d+)/.exec(readOrNothing(`/proc/${pid}/status`))?.[1] ?? 0,
  );
  return {
    cpuSeconds: family.reduce((sum, one) => sum + one.ticks, 0) / TICKS_PER_SECOND,
    rssMiB: kilobytes.reduce<number>((sum, size) => sum + Number(size), 0) / 1024,
  };
}
