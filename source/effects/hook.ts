import type {Hook} from '../release/plan.ts';
import {KILL_AFTER_MS, runCommand, type CommandOptions, type Ending} from './command.ts';
import type {Performer} from './run-steps.ts';

/**
 * Runs an operator's command for a step. The exit code decides. The command is told release, version, step, attempt and
 * epoch by its environment (`GRAYDECK_*`), so that it can know a second run.
 */
export function hookPerformer(hook: Hook, feature: string, epoch: number | null): Performer {
  const runs = hook.check === null ? 1 : 2;
  return {
    deadlineMs: runs * (hook.timeoutMs + KILL_AFTER_MS) + 1000,
    async perform(step, {release, signal}) {
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
      const options = {env, timeoutMs: hook.timeoutMs, signal};
      if (hook.check !== null && step.attempts > 0 && (await succeeds(hook.check, options)))
        return {outcome: 'done'};
      const {ending, output} = await runCommand(hook.argv, options);
      if (ending.how === 'exited' && ending.code === 0) return {outcome: 'done'};
      const said = output === '' ? '' : `: ${output}`;
      return {outcome: 'failed', error: `${hook.argv[0] ?? ''} ${inWords(ending, hook)}${said}`};
    },
  };
}

async function succeeds(argv: string[], options: CommandOptions): Promise<boolean> {
  const {ending} = await runCommand(argv, options);
  return ending.how === 'exited' && ending.code === 0;
}

function inWords(ending: Ending, {timeoutMs}: Hook): string {
  switch (ending.how) {
    case 'exited':
      return `ended with ${ending.code}`;
    case 'killed':
      return 'was killed';
    case 'stopped':
      return 'was stopped';
    case 'timed-out':
      return `took longer than ${timeoutMs / 1000} s and was stopped`;
    case 'not-started':
      if (ending.code === 'ENOENT') return 'is not there';
      return ending.code === 'EACCES' ? 'may not be run' : `cannot be run (${ending.code})`;
  }
}
