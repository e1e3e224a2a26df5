import {z} from 'zod';
import {HOOK_NAMES, type Gate, type Hook, type HookName, type Plan} from '../../release/plan.ts';
import {durationAboveZero} from '../yaml/leaf.ts';
import {shown} from '../yaml/mistake.ts';
import {child, isMapping, isWritten, type Reader, type Spot} from '../yaml/reader.ts';

/** How long a hook may run where the plan does not say, in milliseconds. */
const DEFAULT_HOOK_MS = 600_000;
/** With its check it may run twice so long, and nobody waits for a step longer than a day. */
const LONGEST_HOOK_MS = 8 * 3_600_000;

const EXAMPLE = '[./deploy.sh, --fast], or {argv: [./deploy.sh], timeout: 10m, check: [./is-deployed.sh]}';
const OTHER_NAMES = {run: 'deploy', upgrade: 'promote', test: 'verify', clean: 'cleanup'};

/** `hooks:`: programs with their arguments, never a line for a shell. */
export function readHooks(reader: Reader, spot: Spot): Plan['hooks'] {
  const shape = Object.fromEntries(HOOK_NAMES.map(name => [name, z.unknown()])) as Record<
    HookName,
    z.ZodUnknown
  >;
  const fields = reader.fields(spot, shape, OTHER_NAMES);
  if (fields === null) return {};
  const hooks: Plan['hooks'] = {};
  for (const name of HOOK_NAMES) {
    const hook = fields[name] === undefined ? undefined : readHook(reader, child(spot, name));
    if (hook !== undefined) hooks[name] = hook;
  }
  return hooks;
}

/** `confirm:` of a phase: a program that is asked, and what happens while it says no. */
export function readGate(reader: Reader, spot: Spot): Gate | undefined {
  const hook = readHook(reader, spot, GATE);
  if (hook === undefined || !isMapping(spot.value)) return hook;
  const of = (key: 'remind' | 'deadline') =>
    isWritten(spot, key) ? reader.field(child(spot, key), durationAboveZero) : undefined;
  const [remindMs, deadlineMs] = [of('remind'), of('deadline')];
  return {
    ...hook,
    ...(remindMs === undefined ? {} : {remindMs}),
    ...(deadlineMs === undefined ? {} : {deadlineMs}),
  };
}

/** Keys of a gate beside those of a hook; `run` is the same as `argv`. */
const GATE = {run: z.unknown(), remind: z.unknown(), deadline: z.unknown()};

/**
 * A program with its arguments, and what else may be said of it; undefined once its mistakes are told.
 * @param more keys that somebody else reads
 */
export function readHook(reader: Reader, spot: Spot, more: typeof GATE | object = {}): Hook | undefined {
  if (!isMapping(spot.value)) {
    const argv = readArgv(reader, spot);
    return argv === undefined ? undefined : {argv, timeoutMs: DEFAULT_HOOK_MS, check: null};
  }
  const shape = {argv: z.unknown(), timeout: durationAboveZero, check: z.unknown(), ...more};
  const fields = reader.fields(spot, shape, {command: 'argv', cmd: 'argv', run: 'argv', args: 'argv'});
  if (fields === null) return undefined;
  const key = more === GATE && isWritten(spot, 'run') ? 'run' : 'argv';
  reader.require(spot, {[key]: `${key}: [./deploy.sh, --fast]`});
  if ((fields.timeout ?? 0) > LONGEST_HOOK_MS)
    reader.mistake(child(spot, 'timeout'), {message: 'this is too long', allowed: 'at most 8h: 10m'});
  const argv = isWritten(spot, key) ? readArgv(reader, child(spot, key)) : undefined;
  const check = isWritten(spot, 'check') ? readArgv(reader, child(spot, 'check')) : null;
  if (argv === undefined || check === undefined) return undefined;
  return {argv, timeoutMs: fields.timeout ?? DEFAULT_HOOK_MS, check};
}

/** A command as an array of words; undefined once its mistakes are told. */
export function readArgv(reader: Reader, spot: Spot, example = EXAMPLE): string[] | undefined {
  const {value} = spot;
  if (typeof value === 'string') {
    reader.mistake(spot, {
      message: 'a command is written as an array, one word an entry: no shell reads it',
      allowed: asArray(value) ?? example,
      // Its arguments may hold a secret.
      found: shown(value.trim().replace(/\s[\s\S]*/u, ' …')),
    });
    return undefined;
  }
  const items = reader.items(spot, example);
  const words = items.map(item => wordOf(reader, item));
  if (Array.isArray(value) && (words.length === 0 || words[0] === ''))
    reader.mistake(spot, {message: 'this command names no program', allowed: example});
  const isWhole = words.length > 0 && words[0] !== '' && words.every(word => word !== undefined);
  return isWhole ? words.filter(word => word !== undefined) : undefined;
}

function wordOf(reader: Reader, {value, path}: Spot): string | undefined {
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
