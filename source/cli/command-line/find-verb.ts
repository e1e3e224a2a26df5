import {usage} from '../output/failure.ts';
import {EVERYWHERE, written, type FlagName} from './flags.ts';
import type {Parsed} from './parse.ts';
import type {Verb} from './verb.ts';
import {VERBS} from './verbs.ts';
import {nearest, quote} from '../../text/quote.ts';

/** A verb, and what was typed after it. */
export interface Found {
  verb: Verb;
  args: string[];
}

/** Words people know from elsewhere. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  abort: 'rollback',
  undo: 'rollback',
  revert: 'rollback',
  promote: 'complete',
  finish: 'complete',
  deploy: 'start',
  weight: 'set',
  stop: 'pause',
  continue: 'resume',
  events: 'log',
  logs: 'log',
  history: 'log',
  whitelist: 'audience include',
  console: 'watch',
};

/** The verb that the words name. @throws Failure exit code 2. */
export function findVerb(words: readonly string[]): Found {
  const typed = words.length === 0 ? ['watch'] : words;
  const found = [2, 1]
    .map(count => VERBS.find(({name}) => name === typed.slice(0, count).join(' ')))
    .find(verb => verb !== undefined);
  if (found !== undefined) return {verb: found, args: typed.slice(found.name.split(' ').length)};
  const [first = '', second] = typed;
  const group = groupOf(first);
  if (group.length > 0) {
    const near = second === undefined ? null : nearest(`${first} ${second}`, group);
    throw usage(
      second === undefined
        ? `${first} needs one of: ${group.map(name => name.slice(first.length + 1)).join(', ')}`
        : `${first} cannot ${quote(second)}`,
      near === null ? `graydeck ${first} --help` : `did you mean graydeck ${near}?`,
      'unknown-verb',
    );
  }
  const near = nearest(
    first,
    VERBS.map(({name}) => name),
    OTHER_NAMES,
  );
  throw usage(
    `there is no verb ${quote(first)}`,
    near === null ? 'graydeck --help lists the verbs' : `did you mean graydeck ${near}?`,
    'unknown-verb',
  );
}

/** Verbs of two words that begin with this one. */
export function groupOf(first: string): string[] {
  return VERBS.map(({name}) => name).filter(name => name.startsWith(`${first} `));
}

export function flagsOf(verb: Verb): FlagName[] {
  return [
    ...verb.flags,
    ...(verb.changes && verb.isLasting !== true ? (['dryRun'] as const) : []),
    ...EVERYWHERE,
  ];
}

/** Whether flags and arguments fit the verb. @throws Failure exit code 2. */
export function checkUse({verb, args}: Found, {given, flags, unknown}: Parsed): void {
  if (unknown !== null) throw unknown;
  if (flags.readOnly && verb.changes) {
    // Exit code 2, not 3: the command line contradicts itself, whatever the state of the release.
    throw usage(
      `${verb.name} changes something, and --read-only forbids that`,
      `leave out --read-only, or look: graydeck status --read-only`,
      'read-only',
    );
  }
  const allowed = flagsOf(verb);
  const stranger = given.find(name => !allowed.includes(name));
  if (stranger !== undefined) {
    throw usage(
      `${verb.name} does not take ${written(stranger)}`,
      `graydeck ${verb.name} --help`,
      'unknown-flag',
    );
  }
  checkArguments(verb, args);
}

function checkArguments(verb: Verb, args: readonly string[]): void {
  const help = `graydeck ${verb.name} --help`;
  const surplus = args[verb.arguments.length];
  if (surplus !== undefined && verb.arguments.at(-1)?.isMany !== true) {
    throw usage(`${verb.name} does not know what to do with ${quote(surplus)}`, help);
  }
  for (const [index, {name, isOptional, choices}] of verb.arguments.entries()) {
    const value = args[index];
    if (value === undefined) {
      if (isOptional !== true) throw usage(`${verb.name} needs ${name}`, help);
      continue;
    }
    if (choices === undefined || choices.includes(value)) continue;
    const others = index === 0 ? groupOf(verb.name).map(other => other.slice(verb.name.length + 1)) : [];
    const near = nearest(value, [...choices, ...others]);
    throw usage(
      `${quote(value)} is no ${name}: ${choices.join(', ')}`,
      near === null ? help : `did you mean graydeck ${verb.name} ${near}?`,
    );
  }
}
