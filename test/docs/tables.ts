/**
 * The tables of README.md, made from the keyboard and the verbs as the program has them.
 * `node test/docs/tables.ts` writes them into the file; the test beside it tells when they are stale.
 */
import {readFile, writeFile} from 'node:fs/promises';
import {VERBS} from '../../source/cli/command-line/verbs.ts';
import {KEYMAP} from '../../source/console/keys/keymap.ts';
import {messagesOf} from '../../source/console/messages/catalogue.ts';

const README = new URL('../../README.md', import.meta.url);

const THEN = {y: ' then `y`', version: ' then the version, typed', form: ''};

function keysTable(): string[] {
  const words = messagesOf('en').keys;
  const rows = KEYMAP.map(
    ({keys, then, action}) =>
      `| ${keys.map(key => `\`${key}\``).join(' ')}${then === null ? '' : THEN[then]} | ${words[action].long} |`,
  );
  return ['| key | does |', '| --- | --- |', ...rows];
}

function verbsTable(): string[] {
  const rows = VERBS.map(({name, arguments: args, summary}) => {
    const typed = [
      name,
      ...args.map(argument => (argument.isOptional ? `[${argument.name}]` : argument.name)),
    ].join(' ');
    return `| \`${typed}\` | ${summary} |`;
  });
  return ['| command | does |', '| --- | --- |', ...rows];
}

/** The file as it should be: what stands between the marks is replaced. */
export function withTables(readme: string): string {
  const tables = {verbs: verbsTable(), keys: keysTable()};
  return Object.entries(tables).reduce((text, [name, lines]) => {
    const between = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
    return text.replace(between, (_, begin: string, end: string) => `${begin}${lines.join('\n')}\n${end}`);
  }, readme);
}

if (import.meta.main) await writeFile(README, withTables(await readFile(README, 'utf8')));
