/** A place with a plan that has every hook, hooks that do what a test wants, and the way to what became of it. */
import {chmod, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {openView} from '../../source/controller/view.ts';
import type {Commit} from '../../source/release/commit.ts';
import type {Event} from '../../source/release/event.ts';
import {HOOK_NAMES, type HookName} from '../../source/release/plan.ts';
import type {Release, Step} from '../../source/release/state.ts';
import {openStore} from '../../source/store/open.ts';
import {Workplace} from '../cli/program.ts';

/**
 * A hook that writes down that it began and that it ended, and between them does what the file `next-NAME` says, once:
 * fail, kill whoever runs it after its work is done, hang until it is stopped.
 */
const HOOK = `#!/bin/sh
name=$1
echo "$name begins" >> ran.txt
trap 'echo "$name is stopped" >> ran.txt; exit 1' TERM
what=$(cat "next-$name" 2>/dev/null); rm -f "next-$name"
case "$what" in
  fail) echo "$name broke" >&2; exit 3 ;;
  kill) echo "$name ends" >> ran.txt; touch "done-$name"; kill -9 $PPID; exit 0 ;;
  hang) while :; do sleep 0.05; done ;;
  lose) kill -9 "$(cat redis.pid)" ;;
esac
echo "$name ends" >> ran.txt
touch "done-$name"
`;

/** Hooks end within this time; a successor waits for it, and for what stopping them may take. */
const TIMEOUT = '3s';

export const START = ['start', 'v2', '--feature', 'pay', '--over', 'v1', '--yes', '--plan', 'plan.yaml'];
export const COMPLETE = ['complete', '--confirm', 'v2'];
export const ROLLBACK = ['rollback'];
export const RETRY = ['retry'];
export const NEXT = ['next', '--yes'];

/** Every hook of a plan, and those of its phases. */
export type Hooked = HookName | 'before' | 'after' | 'first';

interface StageOptions {
  /** Address of the store; else an embedded one. */
  store?: string;
  /** Hooks have a check that knows whether they were done. */
  hasCheck?: boolean;
  /** Each phase has hooks, too; else only the second one, before it. */
  hasPhaseHooks?: boolean;
  /** How long a hook may take. */
  timeout?: string;
}

/** A place with a plan that has every hook, and the way to what became of it. */
export async function stage({
  store,
  hasCheck = false,
  hasPhaseHooks = false,
  timeout = TIMEOUT,
}: StageOptions = {}) {
  const place = await Workplace.open(store ?? null);
  await place.file('hook.sh', HOOK);
  await chmod(join(place.folder, 'hook.sh'), 0o755);
  const hook = (name: Hooked) => {
    const check = hasCheck ? `, check: [test, -f, done-${name}]` : '';
    return `{argv: [./hook.sh, ${name}], timeout: ${timeout}${check}}`;
  };
  const hooks = HOOK_NAMES.map(name => `  ${name}: ${hook(name)}\n`).join('');
  const around = hasPhaseHooks ? `, before: ${hook('first')}, after: ${hook('after')}` : '';
  const phases = `  - {name: some, percent: 20${around}}\n  - {name: all, percent: 50, before: ${hook('before')}}\n`;
  await place.file('plan.yaml', `phases:\n${phases}complete: manual\nhooks:\n${hooks}`);
  return {
    place,
    run: (argv: readonly string[]) => place.run(...argv),
    /** What a hook does the next time. */
    next: (name: Hooked, what: 'fail' | 'kill' | 'hang' | 'lose') =>
      writeFile(join(place.folder, `next-${name}`), what),
    ran: async () => (await readFile(join(place.folder, 'ran.txt'), 'utf8')).trim().split('\n'),
    async look(): Promise<{release: Release; commits: readonly Commit[]}> {
      const opened = await openStore(place.store, 'viewer');
      const view = openView({feature: 'pay', log: opened.feature('pay').log, now: () => opened.now()});
      await view.ready();
      const {state} = view.snapshot();
      const commits = view.commits();
      await view.close();
      await opened.close();
      return {release: state.release!, commits};
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

export type Stage = Awaited<ReturnType<typeof stage>>;
export const count = (lines: readonly string[], line: string) => lines.filter(one => one === line).length;
export const stepOf = ({steps}: Release, id: string): Step => steps.find(step => step.id === id)!;

/**
 * Nobody runs a step whose outcome is known; prod is changed only while everybody is on gray, or after they are back;
 * nothing is cleaned up before prod is proven and has everyone.
 */
export function breachesIn(commits: readonly Commit[]): string[] {
  const breaches: string[] = [];
  const ended = new Set<string>();
  let isLive = false;
  let isAllGray = false;
  let isVerified = false;
  for (const {events, split} of commits) {
    for (const event of events as Event[]) {
      if (event.type === 'step-retried') ended.delete(event.step);
      if (event.type === 'step-ended') {
        ended.add(event.step);
        if (event.step === 'promotion.verify') isVerified = event.outcome === 'done';
      }
      if (event.type !== 'step-started') continue;
      if (ended.has(event.step)) breaches.push(`${event.step} is begun after its end`);
      if (event.step === 'promotion.cleanup' && (isLive || !isVerified))
        breaches.push('cleaned up too early');
      if (event.step === 'promotion.promote' && !isAllGray) breaches.push('prod is changed under its users');
      if (event.step === 'promotion.traffic-to-prod' && !isVerified)
        breaches.push('everybody to an unproven prod');
      if (event.step.startsWith('rollback.') && isLive) breaches.push(`${event.step} before traffic`);
    }
    isLive = split.live;
    isAllGray = split.live && split.percent === 100;
  }
  return breaches;
}

export const stepStateOf = ({release}: {release: Release}, id: string) =>
  release.steps.find(step => step.id === id)?.state;
