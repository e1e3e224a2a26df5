import {type HookVariables, hookEnvironment} from '../release/hook-environment.ts';
import type {Hook, Phase} from '../release/plan.ts';
import type {Release, Step} from '../release/state.ts';
import type {KeptOutput, StepOutput} from '../release/step.ts';
import {endOf} from '../release/well-formed.ts';
import {type CommandOptions, type Ending, KILL_AFTER_MS, runCommand} from './command.ts';
import type {Performed, Performer} from './run-steps.ts';

/** Where steps store what does not fit into the log. */
export interface OutputShelf {
  write(output: StepOutput): Promise<void>;
  /** Oldest first. */
  read(): Promise<KeptOutput[]>;
}

/**
 * The standard output of a step of this release, for its restore; empty if none was stored. @throws the error
 * of the output store
 */
async function resultOf(shelf: OutputShelf, release: string, step: string): Promise<string> {
  const kept = (await shelf.read()).findLast(
    output => output.release === release && output.step === step && output.result !== null,
  );
  return kept?.result ?? '';
}

/** Most characters of output in an error. The end of the output explains a failure best. */
const ERROR_KEPT = 500;
/** Milliseconds for storing the output, added to the deadline. */
const KEEPING_MS = 1000;
const BACKUP = 'deploy.backup';

/** What a hook gets apart from the release, and where its output is stored. */
export interface HookOptions {
  feature: string;
  /** Epoch of the acting guard; null without a guard. */
  epoch: number | null;
  outputs: OutputShelf;
  /** Variables of this process that the hook gets; absent: the short list. */
  variables?: HookVariables | undefined;
  /** Why this host does not run a program for this release; null: it does. Absent: every program is run. */
  mayRun?: ((argv: readonly string[], release: Release) => Promise<string | null>) | undefined;
  /** Keeps what a gate said when it did not open. */
  tellGate?: ((release: string, step: string, words: string) => Promise<unknown>) | undefined;
  /** The store's clock, milliseconds since 1970; absent: this host's. */
  now?: (() => number) | undefined;
  /** The phase of the hook, if it is not the current one. */
  phase?: Pick<Phase, 'name' | 'percent'> | undefined;
}

/**
 * Runs an operator's command for a step. The exit code decides. The environment (`GRAYDECK_*`) holds release,
 * version, step, attempt and epoch, so that the command can recognise a second run; `restore` also gets the
 * output of `backup`. The output is stored, and its end is part of an error.
 */
export function hookPerformer(hook: Hook, options: HookOptions): Performer {
  const runs = hook.check === null ? 1 : 2;
  return {
    deadlineMs: runs * (hook.timeoutMs + KILL_AFTER_MS) + KEEPING_MS,
    async perform(step, {release, signal}) {
      const barred = await whyBarred([hook.argv, hook.check ?? []], release, options);
      if (barred !== null) return {outcome: 'failed', error: barred};
      const env = await environmentOf(step, release, options);
      const run = {env, timeoutMs: hook.timeoutMs, signal};
      const program = hook.argv[0] ?? '';
      if (hook.check !== null && step.attempts > 0) {
        const {ending, output, stdout} = await runCommand(hook.check, run);
        if (isDone(ending)) return await kept({outcome: 'done'}, {output, stdout});
      }
      const {ending, output, stdout} = await runCommand(hook.argv, run);
      if (isDone(ending)) return await kept({outcome: 'done'}, {output, stdout});
      const printed = output === '' ? '' : `: ${endOf(output, ERROR_KEPT)}`;
      const failed: Performed = {outcome: 'failed', error: `${program} ${inWords(ending, hook)}${printed}`};
      return await kept(failed, {output, stdout});

      async function kept(
        performed: Performed,
        printed: {output: string; stdout: string},
      ): Promise<Performed> {
        const isBackup = step.id === BACKUP && performed.outcome === 'done';
        if (printed.output === '') return performed;
        const about = {release: release.id, step: step.id, attempt: step.attempts + 1};
        try {
          await options.outputs.write({
            ...about,
            text: printed.output,
            result: isBackup ? printed.stdout : null,
          });
        } catch {
          // Without the name of the backup it could not be restored, so the step fails and the backup is made
          // again.
          if (isBackup && release.plan.hooks.restore !== undefined && printed.stdout !== '') {
            return {outcome: 'failed', error: 'the output of the backup could not be stored for restore'};
          }
        }
        return performed;
      }
    },
  };
}

/** Why one of these commands is not run here; null: all are. */
export async function whyBarred(
  commands: readonly (readonly string[])[],
  release: Release,
  {mayRun}: Pick<HookOptions, 'mayRun'>,
): Promise<string | null> {
  for (const argv of commands) {
    const why = argv.length === 0 ? null : ((await mayRun?.(argv, release)) ?? null);
    if (why !== null) return why;
  }
  return null;
}

/** The environment of a hook. @throws the error of the output store, for `restore` only */
export async function environmentOf(
  step: Step,
  release: Release,
  {feature, epoch, outputs, variables = {hides: [], passes: []}, phase}: HookOptions,
): Promise<CommandOptions['env']> {
  return {
    ...hookEnvironment(process.env, variables),
    GRAYDECK_FEATURE: feature,
    GRAYDECK_RELEASE: release.id,
    GRAYDECK_VERSION: release.version,
    GRAYDECK_PROD_VERSION: release.over ?? '',
    GRAYDECK_PHASE: phase?.name ?? release.plan.phases[release.phase]?.name ?? '',
    GRAYDECK_PERCENT: String(step.name === 'before' ? (phase?.percent ?? 0) : release.percent),
    GRAYDECK_STEP: step.id,
    GRAYDECK_ATTEMPT: String(step.attempts + 1),
    GRAYDECK_EPOCH: epoch === null ? '' : String(epoch),
    ...(step.name === 'restore'
      ? {GRAYDECK_BACKUP: withoutNul(await resultOf(outputs, release.id, BACKUP))}
      : {}),
  };
}

/** Removes NUL characters, which no environment can hold. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}

function isDone(ending: Ending): boolean {
  return ending.how === 'exited' && ending.code === 0;
}

function inWords(ending: Ending, {timeoutMs}: Hook): string {
  switch (ending.how) {
    case 'exited':
      return `ended with exit code ${ending.code}`;
    case 'killed':
      return 'was killed';
    case 'stopped':
      return 'was stopped';
    case 'timed-out':
      return `took longer than ${timeoutMs / 1000} s and was stopped`;
    case 'not-started':
      if (ending.code === 'ENOENT') return 'was not found';
      return ending.code === 'EACCES' ? 'is not executable' : `cannot be run (${ending.code})`;
  }
}
