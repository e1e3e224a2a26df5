import type {Hook} from '../release/plan.ts';
import type {Performed, Performer} from './run-steps.ts';

/** What matters of a failing command stands at the end of its output. */
const QUOTED_AT_MOST = 500;
/** After SIGTERM; then SIGKILL. */
const KILL_AFTER_MS = 5000;

/**
 * Runs an operator's command for a step: an argument array, never a shell. The exit code decides. The command is told
 * release, version, step, attempt and epoch by its environment (`GRAYDECK_*`), so that it can know a second run.
 */
export function hookPerformer(hook: Hook, feature: string, epoch: number | null): Performer {
  return {
    deadlineMs: hook.timeoutMs + KILL_AFTER_MS + 1000,
    async perform(step, {release, signal}) {
      const {execa} = await import('execa');
      const env = {
        GRAYDECK_FEATURE: feature,
        GRAYDECK_RELEASE: release.id,
        GRAYDECK_VERSION: release.version,
        GRAYDECK_PROD_VERSION: release.over ?? '',
        GRAYDECK_PHASE: release.plan.phases[release.phase]?.name ?? '',
        GRAYDECK_PERCENT: String(release.percent),
        GRAYDECK_STEP: step.id,
        GRAYDECK_ATTEMPT: String(step.attempts + 1),
        GRAYDECK_EPOCH: epoch === null ? '' : String(epoch),
      };
      const options = {
        env,
        timeout: hook.timeoutMs,
        cancelSignal: signal,
        forceKillAfterDelay: KILL_AFTER_MS,
      };
      if (hook.check !== null && step.attempts > 0 && (await succeeds(hook.check, options)))
        return {outcome: 'done'};
      const [program = '', ...args] = hook.argv;
      const running = execa(program, args, {
        ...options,
        all: true,
        buffer: false,
        reject: false,
        stdin: 'ignore',
      });
      let output = '';
      // A command that floods is left alone; only its end is kept.
      running.all.setEncoding('utf8').on('data', chunk => {
        output = (output + String(chunk)).slice(-QUOTED_AT_MOST);
      });
      return outcomeOf(await running, output, hook);
    },
  };
}

async function succeeds(
  argv: string[],
  options: {env: Record<string, string>; timeout: number; cancelSignal: AbortSignal},
): Promise<boolean> {
  const {execa} = await import('execa');
  const [program = '', ...args] = argv;
  const result = await execa(program, args, {
    ...options,
    reject: false,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
  });
  return result.exitCode === 0;
}

interface Ended {
  timedOut: boolean;
  code?: string | undefined;
  exitCode?: number | undefined;
}

function outcomeOf({timedOut, code, exitCode}: Ended, output: string, hook: Hook): Performed {
  if (exitCode === 0) return {outcome: 'done'};
  const said = output.trim() === '' ? '' : `: ${output.trim()}`;
  return {outcome: 'failed', error: `${hook.argv[0] ?? ''} ${howItEnded()}${said}`};

  function howItEnded(): string {
    if (timedOut) return `took longer than ${hook.timeoutMs / 1000} s and was stopped`;
    if (code === 'ENOENT') return 'is not there';
    if (code === 'EACCES') return 'may not be run';
    return exitCode === undefined ? 'was killed' : `ended with ${exitCode}`;
  }
}
