import {groupOf} from './find-verb.ts';
import {entryOf, EVERYWHERE, written, type FlagName} from './flags.ts';
import type {Paint} from '../output/output.ts';
import type {Verb} from './verb.ts';
import {VERBS} from './verbs.ts';

const FIRST_EXAMPLES = [
  'graydeck demo                                      see it at work, on a simulated service',
  'graydeck start v1.1.0 --feature new_payment        begin a release',
  'graydeck                                           the console: prod and gray side by side',
  'graydeck rollback                                  prod for everyone, now',
];

const EXIT_WORDS = [
  'Exit codes: 0 done, 1 fault, 2 usage or bad input, 3 refused, 4 conflict, 5 verdict against, 6 timed out,',
  '69 store unreachable, 130/143 signals.',
];

/** A page of the manual: its name, and its heading. */
export interface ManualTopic {
  name: string;
  title: string;
}

/** Help of the whole program with the topics of the manual, or of the verbs that begin with one word. Examples first. */
export function helpOf(first: string | null, paint: Paint, topics: readonly ManualTopic[] = []): string[] {
  const group = first === null ? [] : groupOf(first);
  const shown = VERBS.filter(({name}) => first === null || name === first || group.includes(name));
  const examples = first === null ? FIRST_EXAMPLES : shown.flatMap(({examples}) => examples);
  return [
    ...titled('Examples', examples, paint),
    ...titled('Verbs', columns(shown.map(verb => [usageOf(verb), verb.summary])), paint),
    ...(topics.length === 0
      ? []
      : titled('Manual: graydeck help TOPIC', columns(topics.map(({name, title}) => [name, title])), paint)),
    ...titled('Everywhere', flagLines(EVERYWHERE), paint),
    'graydeck VERB --help shows details. Data goes to stdout, everything else to stderr.',
    ...EXIT_WORDS,
  ];
}

/** Help of one verb. Examples first. */
export function helpOfVerb(verb: Verb, paint: Paint): string[] {
  const {name, summary, more, examples, flags, changes} = verb;
  const own: FlagName[] = [...flags, ...(changes ? (['dryRun'] as const) : [])];
  return [
    ...(examples.length === 0 ? [] : titled('Examples', examples, paint)),
    `graydeck ${usageOf(verb)}: ${summary}.`,
    ...(more === undefined ? [] : [more]),
    '',
    ...verb.arguments.flatMap(({name: argument, choices}) =>
      choices === undefined ? [] : [`  ${argument}: ${choices.join(', ')}`, ''],
    ),
    ...(own.length === 0 ? [] : titled(`Flags of ${name}`, flagLines(own), paint)),
    ...titled('Everywhere', flagLines(EVERYWHERE), paint),
    ...EXIT_WORDS,
  ];
}

/** `set PERCENT`, `retry [STEP]`. */
function usageOf({name, arguments: all}: Verb): string {
  return [name, ...all.map(({name, isOptional}) => (isOptional === true ? `[${name}]` : name))].join(' ');
}

function titled(title: string, lines: readonly string[], paint: Paint): string[] {
  return [paint('bold', title), ...lines.map(line => `  ${line}`), ''];
}

function flagLines(names: readonly FlagName[]): string[] {
  return columns(
    names.map(name => {
      const {value, help, env} = entryOf(name);
      const text = value === undefined ? written(name) : `${written(name)} ${value}`;
      return [text, env === undefined ? help : `${help}; or ${env}`];
    }),
  );
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}
