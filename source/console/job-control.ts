import type {InkStdin} from './input/ink-stdin.ts';
import type {TerminalScreen} from './output/terminal-screen.ts';

/** All processes of this job, as a shell stops them together. */
const THIS_JOB = 0;

/**
 * Stops and goes on as a shell's job does. Before it stops, the terminal is given back; when it goes on, it is taken over
 * and drawn anew, also after SIGSTOP, which lets nothing be put in order before.
 */
export class JobControl {
  readonly #screen: TerminalScreen;
  readonly #keys: InkStdin;

  constructor(screen: TerminalScreen, keys: InkStdin) {
    this.#screen = screen;
    this.#keys = keys;
  }

  begin(): void {
    process.on('SIGTSTP', this.#stop).on('SIGCONT', this.#goOn);
  }

  end(): void {
    process.off('SIGTSTP', this.#stop).off('SIGCONT', this.#goOn);
  }

  /** What Ctrl-Z does. In raw mode it is a key; who started the job waits for all of its processes to stop. */
  suspend(): void {
    this.#stopAll(THIS_JOB);
  }

  readonly #stop = (): void => this.#stopAll(process.pid);

  #stopAll(target: number): void {
    this.#screen.close();
    this.#keys.release();
    // Without a listener the signal stops the process within this call. Where no shell could let it go on, it does nothing.
    process.off('SIGTSTP', this.#stop);
    process.kill(target, 'SIGTSTP');
    process.on('SIGTSTP', this.#stop);
    this.#goOn();
  }

  readonly #goOn = (): void => {
    // The shell has set its own modes, whatever Node remembers of them.
    this.#keys.release();
    this.#keys.take();
    this.#screen.open();
    // The window may have another size by now; only a job in the foreground is told at once.
    process.kill(process.pid, 'SIGWINCH');
  };
}
