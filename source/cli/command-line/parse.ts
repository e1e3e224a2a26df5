import {usage, type Failure} from '../output/failure.ts';
import {entryOf, FLAG_NAMES, written, type FlagName, type Flags} from './flags.ts';
import {nearest, quote} from '../../text/quote.ts';

export interface Parsed {
  /** What is not a flag: the verb's words and its arguments. */
  words: string[];
  flags: Flags;
  /** Flags that were typed, for the check against the verb. */
  given: readonly FlagName[];
  /** What to say of a flag that does not exist; the verb may have something more important to say. */
  unknown: Failure | null;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the command line. Knows flags, not verbs. @throws Failure exit code 2. */
export async function parseArguments(argv: readonly string[], env: Env): Promise<Parsed> {
  const joined = withValuesJoined(argv);
  const {typed, unknown} = readTyped(joined);
  const isPlain = typed.length === 0 && unknown === null && !joined.includes('--');
  const parsed = isPlain ? {input: joined, flags: {}} : await readFlags(joined);
  const flags: Record<string, string | boolean | string[]> = {};
  for (const name of FLAG_NAMES) {
    const {value, isMany, isOn, env: variable, choices} = entryOf(name);
    const found = parsed.flags[name];
    if (value === undefined) {
      flags[name] = typeof found === 'boolean' ? found : isOn === true;
      continue;
    }
    if (isMany === true) {
      const texts = (Array.isArray(found) ? found : []).map(String);
      if (texts.includes('')) throw usage(`${written(name)} needs a value`, `${written(name)} ${value}`);
      flags[name] = texts;
      continue;
    }
    const text = found ?? ((variable === undefined ? undefined : env[variable]) || undefined);
    if (text === undefined) continue;
    if (typeof text !== 'string' || text === '') {
      throw usage(`${written(name)} needs a value`, `${written(name)} ${value}`);
    }
    if (choices !== undefined && !choices.includes(text)) {
      throw usage(`${written(name)} cannot be ${quote(text)}`, `${written(name)} ${choices.join('|')}`);
    }
    flags[name] = text;
  }
  return {words: parsed.input, flags: flags as unknown as Flags, given: typed, unknown};
}

/** `--plan -` as `--plan=-`: a value may begin with a dash, as long as it is no flag itself. */
function withValuesJoined(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const joined: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const text = argv[index] ?? '';
    const value = argv[index + 1];
    const name = end >= 0 && index >= end ? null : flagNamed(text);
    const takesNext =
      name !== null && entryOf(name).value !== undefined && value !== undefined && index + 1 !== end;
    if (takesNext && flagNamed(value.split('=')[0] ?? '') === null) {
      joined.push(`${text}=${value}`);
      index++;
    } else joined.push(text);
  }
  return joined;
}

/** The flags typed before `--`; each must be one that exists, and a switch takes no other value than true and false. */
function readTyped(argv: readonly string[]): {typed: FlagName[]; unknown: Failure | null} {
  const end = argv.indexOf('--');
  const typed: FlagName[] = [];
  let unknown: Failure | null = null;
  for (const text of end < 0 ? argv : argv.slice(0, end)) {
    // A lone dash is stdin, and -1 a number that is meant as an argument.
    if (!/^-./su.test(text) || /^-(?:\d+(?:\.\d+)?|\.\d+)$/u.test(text)) continue;
    const equals = text.indexOf('=');
    const head = equals < 0 ? text : text.slice(0, equals);
    const name = flagNamed(head);
    if (name === null) {
      unknown ??= unknownFlag(head);
      continue;
    }
    const isSwitch = entryOf(name).value === undefined;
    if (isSwitch && equals >= 0 && !['true', 'false'].includes(text.slice(equals + 1))) {
      throw usage(`${head} is a switch and takes no value`, head);
    }
    typed.push(name);
  }
  return {typed, unknown};
}

function flagNamed(head: string): FlagName | null {
  if (head === '-h') return 'help';
  const plain = head.replace(/^--no-/u, '--');
  return FLAG_NAMES.find(name => [head, plain].includes(written(name).replace(/^--no-/u, '--'))) ?? null;
}

function unknownFlag(head: string): Failure {
  const near = nearest(
    head.replace(/^-+/u, ''),
    FLAG_NAMES.map(name => written(name).slice(2)),
  );
  const hint = near === null ? 'graydeck --help lists the flags' : `did you mean --${near}?`;
  return usage(`there is no flag ${quote(head)}`, hint, 'unknown-flag');
}

/** Loaded only where there are flags: plain `graydeck` and `graydeck demo` start without it. */
async function readFlags(argv: readonly string[]) {
  const {default: meow} = await import('meow');
  const table = Object.fromEntries(
    FLAG_NAMES.map(name => {
      const {value, isMany} = entryOf(name);
      const type = value === undefined ? ('boolean' as const) : ('string' as const);
      const more = {...(name === 'help' ? {shortFlag: 'h'} : {}), ...(isMany ? {isMultiple: true} : {})};
      return [name, {type, ...more}];
    }),
  );
  try {
    const {input, flags} = meow({
      importMeta: import.meta,
      argv,
      flags: table,
      pkg: {name: 'graydeck'},
      help: false,
      description: false,
      autoHelp: false,
      autoVersion: false,
      // Unknown flags are told of above, with what was probably meant.
      allowUnknownFlags: true,
      // Absent stays absent, so that a default of ours is one.
      booleanDefault: undefined,
    } as Parameters<typeof meow>[0]);
    return {input: input.map(String), flags: flags as Record<string, unknown>};
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}
