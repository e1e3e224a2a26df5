import {z} from 'zod';
import type {Hook, PhaseGate} from '../../release/plan.ts';
import {durationBetween} from '../yaml/leaf.ts';
import {child, isMapping, type YamlReader, type Spot} from '../yaml/reader.ts';
import {made, mapping, may, must} from '../yaml/tree.ts';
import {shown} from '../../text/quote.ts';

/** How long a hook may run where the plan does not say, in milliseconds. */
const DEFAULT_HOOK_MS = 600_000;
/** A hook and its check may each run so long, in milliseconds: a step ends within a day. */
const LONGEST_HOOK_MS = 8 * 3_600_000;

const EXAMPLE = '[./deploy.sh, --fast], or {argv: [./deploy.sh], timeout: 10m, check: [./is-deployed.sh]}';
const WORDS = {type: 'array', minItems: 1, items: {type: ['string', 'number', 'boolean']}};

/** A command: its program and each argument as an entry of a list. No shell reads it. */
export function argv(form = EXAMPLE): z.ZodType<string[]> {
  return made(z.unknown().meta({...WORDS, form}), (_, at, reader) => readArgv(reader, at, form));
}

const GATE_TIME = durationBetween(1, 30 * 24 * 3_600_000, 'more than 0, at most 30 days: 4h');

/** A command, and what else may be said of it. */
export const hook = z
  .union([
    made(argv(), (words): Hook => ({argv: words, timeoutMs: DEFAULT_HOOK_MS, check: null})),
    made(
      mapping(
        {
          argv: must(argv(), 'The program and its arguments.', '[./deploy.sh, --fast]'),
          timeout: may(
            durationBetween(1, LONGEST_HOOK_MS, 'more than 0, at most 8h: 10m'),
            'How long the program may run.',
            '15m',
            '10m',
          ),
          check: may(
            argv(),
            'A program that ends with 0 where the step is already done.',
            '[./is-deployed.sh]',
            'no check',
          ),
        },
        {title: 'command', alsoCalled: {command: 'argv', cmd: 'argv', run: 'argv', args: 'argv'}},
      ),
      ({argv: words, timeout = DEFAULT_HOOK_MS, check = null}): Hook | undefined =>
        words === undefined ? undefined : {argv: words, timeoutMs: timeout, check},
    ),
  ])
  .meta({id: 'Hook', form: EXAMPLE});

/** `confirm:` of a phase: a program that is asked, and what happens while it says no. `run` is the same as `argv`. */
export const gate = z
  .union([
    made(argv(), (words): PhaseGate => ({argv: words, timeoutMs: DEFAULT_HOOK_MS, check: null})),
    made(
      mapping(
        {
          run: may(argv(), 'The program that is asked, and its arguments.', '[./is-approved.sh]'),
          argv: may(argv(), 'The same as `run`.', '[./is-approved.sh]'),
          timeout: may(
            durationBetween(1, LONGEST_HOOK_MS, 'more than 0, at most 8h: 10m'),
            'How long one answer may take.',
            '15m',
            '10m',
          ),
          remind: may(GATE_TIME, 'How long the gate may stay closed until an alert says so.', '10m', '30m'),
          deadline: may(
            GATE_TIME,
            'How long the gate may stay closed until the release pauses.',
            '4h',
            'no deadline',
          ),
        },
        {title: 'gate', alsoCalled: {command: 'run', cmd: 'run', args: 'run'}},
      ),
      ({run, argv: words = run, timeout, remind, deadline}, at, reader): PhaseGate | undefined => {
        if (words === undefined) {
          if (isMapping(at.value) && !('run' in at.value) && !('argv' in at.value))
            reader.mistake(at, {message: 'this gate names no program', allowed: 'run: [./is-approved.sh]'});
          return undefined;
        }
        return {
          argv: words,
          timeoutMs: timeout ?? DEFAULT_HOOK_MS,
          check: null,
          ...(remind === undefined ? {} : {remindMs: remind}),
          ...(deadline === undefined ? {} : {deadlineMs: deadline}),
        };
      },
    ),
  ])
  .meta({id: 'Gate', form: '[./is-approved.sh], or {run: [./is-approved.sh], remind: 10m, deadline: 4h}'});

const described = (description: string, example: string) => may(hook, description, example);

/** Programs of a release's steps, in the order of its life. */
export const hooks = mapping(
  {
    backup: described('Saves the data before the deployment.', '[./backup.sh]'),
    deploy: described('Installs gray before its first phase.', '[./deploy.sh, --side, gray]'),
    stop: described('Stops gray after a rollback.', '[./stop.sh]'),
    restore: described('Restores the data after a rollback.', '[./restore.sh]'),
    promote: described('Installs the version of gray on prod once 100 % have it.', '[./promote.sh]'),
    verify: described('Checks prod after `promote`, before traffic returns to it.', '[./smoke-test.sh]'),
    demote: described('Takes the version off prod again: a rollback after `promote`.', '[./demote.sh]'),
    cleanup: described('Removes gray once prod has all traffic.', '[./cleanup.sh]'),
  },
  {alsoCalled: {run: 'deploy', upgrade: 'promote', test: 'verify', clean: 'cleanup'}},
);

/** A command as an array of words; undefined once its mistakes are told. */
function readArgv(reader: YamlReader, spot: Spot, example: string): string[] | undefined {
  const {value} = spot;
  if (typeof value === 'string')
    return reader.mistake(spot, {
      message: 'a command is written as an array, one word an entry: no shell reads it',
      allowed: asArray(value) ?? example,
      // Its arguments may hold a secret.
      found: shown(value.trim().replace(/\s[\s\S]*/u, ' …')),
    });
  if (!Array.isArray(value))
    return reader.mistake(spot, {message: 'a list is needed here', allowed: example});
  const words = value.map((_, index) => wordOf(reader, child(spot, index)));
  if (words.length === 0 || words[0] === '')
    return reader.mistake(spot, {message: 'this command names no program', allowed: example});
  const whole = words.filter(word => word !== undefined);
  return whole.length === words.length ? whole : undefined;
}

function wordOf(reader: YamlReader, {value, path}: Spot): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean')
    return reader.file.written(path) ?? String(value);
  if (typeof value === 'string' && !value.includes('\0')) return value;
  reader.mistake({value, path}, {message: 'this is not a word of a command', allowed: 'text or a number'});
  return undefined;
}

/** How a simple command would be written; nothing where quoting would have to be guessed. */
function asArray(command: string): string | null {
  const words = command.trim().split(/\s+/u);
  const isPlain = words.every(word => /^[\w./:=+-]+$/u.test(word) && !/token|secret|passw|key/iu.test(word));
  return isPlain ? `[${words.join(', ')}]` : null;
}
