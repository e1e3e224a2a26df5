/** A network of its own with one host, whose packets can be lost: where a way is cut, not closed, nobody is told. */
import {execFileSync, spawnSync} from 'node:child_process';
import {PATIENCE_MS} from '../patience.ts';
import {noteMissing} from './missing.ts';

export interface Network extends Disposable {
  /** Address of the one host in it, from here. */
  readonly host: string;
  /** Goes before the words of a program that is to run on that host. */
  readonly command: readonly string[];
  /** From now on all packets are lost, in both directions; connections stay open on both sides. */
  cut(): void;
  /** Pulls the plug of that host: nobody is there to be asked. */
  unplug(): void;
  /** All is as it was. */
  mend(): void;
}

for (const [program, version] of [
  ['ip', '-V'],
  ['iptables', '--version'],
] as const)
  if (spawnSync(program, [version]).error !== undefined) noteMissing(program, 'a network that is cut');

/** Why none can be made here; null: it can. */
export function networkRefusal(): string | null {
  if (process.platform !== 'linux') return 'needs the network namespaces of Linux';
  if (process.getuid?.() !== 0) return 'needs root, for a network namespace';
  try {
    openNetwork()[Symbol.dispose]();
    return null;
  } catch (error) {
    return `no network namespace can be made here: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** How many so far. */
let opened = 0;

/** @throws where this process may not */
export function openNetwork(): Network {
  const name = `gd${process.pid}-${opened++}`;
  // Of the range that is set aside for measuring networks; two at a time do not meet.
  const third = Math.floor(Math.random() * 256);
  const fourth = 4 * Math.floor(Math.random() * 64);
  const [here, host] = [1, 2].map(last => `198.18.${third}.${fourth + last}`) as [string, string];
  const command = ['ip', 'netns', 'exec', name] as const;
  const ip = (...argv: string[]) => run(['ip', ...argv]);
  const inside = (...argv: string[]) => run([...command, ...argv]);
  const remove = () => ip('netns', 'delete', name);
  ip('netns', 'add', name);
  try {
    ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'out', 'netns', name);
    ip('address', 'add', `${here}/30`, 'dev', name);
    ip('link', 'set', name, 'up');
    inside('ip', 'address', 'add', `${host}/30`, 'dev', 'out');
    inside('ip', 'link', 'set', 'out', 'up');
  } catch (error) {
    remove();
    throw error;
  }
  let lost = 0;
  return {
    host,
    command,
    cut() {
      for (const chain of ['INPUT', 'OUTPUT']) inside('iptables', '-w', '-I', chain, '-j', 'DROP');
      lost++;
    },
    unplug: () => inside('ip', 'link', 'set', 'out', 'down'),
    mend() {
      for (; lost > 0; lost--)
        for (const chain of ['INPUT', 'OUTPUT']) inside('iptables', '-w', '-D', chain, '-j', 'DROP');
      inside('ip', 'link', 'set', 'out', 'up');
    },
    // Its end here goes with it.
    [Symbol.dispose]: remove,
  };
}

function run([program = '', ...argv]: readonly string[]): void {
  execFileSync(program, argv, {stdio: ['ignore', 'ignore', 'pipe'], timeout: PATIENCE_MS});
}
