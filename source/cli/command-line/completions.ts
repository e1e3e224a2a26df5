import {entryOf, FLAG_NAMES, written, type FlagName} from './flags.ts';
import {flagsOf} from './find-verb.ts';
import {STATES, type Verb} from './verb.ts';
import {VERBS} from './verbs.ts';

function firstWords(): string[] {
  return [...new Set(VERBS.map(({name}) => name.split(' ')[0] ?? name))];
}

/** What may follow a first word: second words, and the choices of a first argument. */
function following(first: string): string[] {
  const second = VERBS.filter(({name}) => name.startsWith(`${first} `)).map(({name}) =>
    name.slice(first.length + 1),
  );
  const choices = VERBS.find(({name}) => name === first)?.arguments[0]?.choices ?? [];
  return [...choices, ...second];
}

function flagsFor(first: string): FlagName[] {
  const verbs = VERBS.filter(({name}) => name.split(' ')[0] === first);
  return [...new Set(verbs.flatMap(flagsOf))];
}

function valuesOf(name: FlagName): readonly string[] {
  return name === 'for' ? STATES : (entryOf(name).choices ?? []);
}

const TAKES_FILE: readonly FlagName[] = ['config', 'plan', 'tokens'];

/** The completion script of a shell, made from the tables of verbs and flags. */
export function completionsFor(shell: 'bash' | 'zsh' | 'fish'): string {
  return {bash, zsh, fish}[shell]();
}

function bash(): string {
  const cases = firstWords().map(first => {
    const words = [...following(first), ...flagsFor(first).map(written)];
    return `    ${first}) words='${words.join(' ')}' ;;`;
  });
  const values = FLAG_NAMES.filter(name => valuesOf(name).length > 0).map(
    name =>
      `    ${written(name)}) COMPREPLY=($(compgen -W '${valuesOf(name).join(' ')}' -- "$current")); return ;;`,
  );
  return `# graydeck completions for bash
_graydeck() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} first= words= word
  COMPREPLY=()
  case "$before" in
${values.join('\n')}
    ${TAKES_FILE.map(written).join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      -*) ;;
      *) first=$word; break ;;
    esac
  done
  case "$first" in
${cases.join('\n')}
    *) words='${[...firstWords(), ...flagsFor('watch').map(written)].join(' ')}' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ "$first" = plan ] && [ \${#COMPREPLY[@]} -eq 0 ]; then
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -F _graydeck graydeck
`;
}

function zsh(): string {
  const described = firstWords().map(first => `    '${first}:${quoted(summaryOf(first))}'`);
  const cases = firstWords().map(first => {
    const words = following(first);
    const flags = flagsFor(first).map(name => `'${zshFlag(name)}'`);
    const second = words.length === 0 ? [] : [`'1:word:(${words.join(' ')})'`];
    return `      ${first}) _arguments ${[...second, ...flags, "'*:file:_files'"].join(' ')} ;;`;
  });
  return `#compdef graydeck
# graydeck completions for zsh
_graydeck() {
  local -a verbs
  verbs=(
${described.join('\n')}
  )
  _arguments -C '1:verb:->verb' '*::rest:->rest'
  case $state in
    verb) _describe verb verbs ;;
    rest)
      case $words[1] in
${cases.join('\n')}
      esac ;;
  esac
}
compdef _graydeck graydeck
`;
}

function zshFlag(name: FlagName): string {
  const {value, help} = entryOf(name);
  const text = `${written(name)}[${quoted(help)}]`;
  if (value === undefined) return text;
  const values = valuesOf(name);
  const action = values.length > 0 ? `(${values.join(' ')})` : TAKES_FILE.includes(name) ? '_files' : '';
  return `${text}:${value}:${action}`;
}

function fish(): string {
  const verbs = firstWords().map(
    first => `complete -c graydeck -n __fish_use_subcommand -f -a ${first} -d '${quoted(summaryOf(first))}'`,
  );
  const words = firstWords().flatMap(first => {
    const next = following(first);
    return next.length === 0
      ? []
      : [`complete -c graydeck -n '__fish_seen_subcommand_from ${first}' -f -a '${next.join(' ')}'`];
  });
  const flags = FLAG_NAMES.map(name =>
    fishFlag(
      name,
      VERBS.filter(verb => flagsOf(verb).includes(name)),
    ),
  );
  return ['# graydeck completions for fish', ...verbs, ...words, ...flags, ''].join('\n');
}

function fishFlag(name: FlagName, verbs: readonly Verb[]): string {
  const {value, help} = entryOf(name);
  const values = valuesOf(name);
  const firsts = [...new Set(verbs.map(verb => verb.name.split(' ')[0]))];
  return [
    'complete -c graydeck',
    ...(verbs.length === VERBS.length ? [] : [`-n '__fish_seen_subcommand_from ${firsts.join(' ')}'`]),
    `-l ${written(name).slice(2)}`,
    ...(value === undefined ? [] : TAKES_FILE.includes(name) ? ['-r'] : ['-x']),
    ...(values.length === 0 ? [] : [`-a '${values.join(' ')}'`]),
    `-d '${quoted(help)}'`,
  ].join(' ');
}

function summaryOf(first: string): string {
  const own = VERBS.find(({name}) => name === first);
  return own?.summary ?? following(first).join(', ');
}

/** Fit for single quotes in every shell, and for the brackets of zsh, within which a colon is one. */
function quoted(text: string): string {
  return text.replaceAll("'", '’').replaceAll(/[[\]]/gu, '');
}
