/**
 * `npm run dev [-- VERB …]`: builds the program, runs it (the demo unless a verb is given), and builds and restarts it on
 * each change below `source/`. Ends when the program ends by itself.
 */
import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {watch} from 'node:fs';
import {join, resolve} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {buildProgram} from './build.ts';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'distribution');
/** An editor saves several files at once; changes within this time are one build, milliseconds. */
const SETTLE_MS = 150;

const argv = process.argv.slice(2);
let changes = 0;
let changed = Promise.withResolvers<void>();

watch(join(root, 'source'), {recursive: true}, (_event, name) => {
  if (!/\.(?:ts|tsx|js)$/u.test(name ?? '')) return;
  changes++;
  changed.resolve();
});
// Ctrl-C is for the program, which may have the terminal in raw mode. It ends this process while no program runs.
let child: ChildProcess | null = null;
process.on('SIGINT', () => child ?? process.exit(130));

async function build(): Promise<boolean> {
  try {
    await buildProgram(folder);
    return true;
  } catch {
    process.stderr.write('The build failed. Waiting for the next change; Ctrl-C ends.\n');
    return false;
  }
}

/** Waits for a change and until no further one follows. */
async function untilChanged(): Promise<void> {
  await changed.promise;
  for (let seen = -1; seen !== changes; await pause(SETTLE_MS)) seen = changes;
  changed = Promise.withResolvers<void>();
}

for (;;) {
  if (!(await build())) {
    await untilChanged();
    continue;
  }
  child = spawn(process.execPath, [join(folder, 'bin.js'), ...(argv.length === 0 ? ['demo'] : argv)], {
    stdio: 'inherit',
  });
  const ended = once(child, 'exit').then(([code]) => Number(code ?? 1));
  const code = await Promise.race([ended, untilChanged()]);
  if (typeof code === 'number') process.exit(code);
  child.kill('SIGTERM');
  await ended;
  child = null;
}
