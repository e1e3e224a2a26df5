/**
 * The tables of README.md and of the manual, made from the keyboard, the verbs and the pages as the program has them.
 * `node test/docs/tables.ts` writes them into the files; a test fails if they are stale.
 */
import {readFile, writeFile} from 'node:fs/promises';
import {VERBS} from '../../source/cli/command-line/verbs.ts';
import {listTopics} from '../../source/cli/manual/pages.ts';
import {KEYMAP} from '../../source/console/keys/keymap.ts';
import {deviationsTable} from '../conformance/peers/cases.ts';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import {openApiDocument} from '../../source/server/openapi.ts';
import {ROUTES} from '../../source/server/routes.ts';

const ROOT = new URL('../../', import.meta.url);

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

/** Pages of the manual in the order of `graydeck help`, with their headings. */
async function manualTable(): Promise<string[]> {
  const rows = (await listTopics()).map(
    ({name, title}) => `| [\`${name}\`](source/docs/${name}.md) | ${title} |`,
  );
  return ['| topic | content |', '| --- | --- |', ...rows];
}

interface Described {
  requestBody?: {content: Record<string, {schema: {$ref: string}}>};
  responses: Record<string, unknown>;
}

/** Every route of `serve`, as the route table and the OpenAPI document have it. */
function routesTable(): string[] {
  const {paths, components} = openApiDocument('') as {
    paths: Record<string, Record<string, Described>>;
    components: {schemas: Record<string, {properties?: object; required?: string[]}>};
  };
  const bodyOf = ({requestBody}: Described): string => {
    const id = requestBody?.content['application/json']?.schema.$ref.split('/').at(-1) ?? '';
    const {properties = {}, required = []} = components.schemas[id] ?? {};
    return Object.keys(properties)
      .toSorted((one, other) => Number(required.includes(other)) - Number(required.includes(one)))
      .map(name => (required.includes(name) ? `**${name}**` : name))
      .join(' ');
  };
  const rows = ROUTES.map(({method, path, scope, does}) => {
    const described = paths[path]?.[method.toLowerCase()];
    const body = described === undefined ? '' : bodyOf(described);
    const answers = Object.keys(described?.responses ?? {200: ''}).join(' ');
    return `| \`${method} ${path}\` | ${does} | ${scope ?? ''} | ${body} | ${answers} |`;
  });
  return ['| request | does | scope | body | answers |', '| --- | --- | --- | --- | --- |', ...rows];
}

/** Files with generated tables. */
export const WITH_TABLES = [
  'README.md',
  'source/docs/commands.md',
  'source/docs/comparison.md',
  'source/docs/http.md',
];

/** The file as it should be: the lines between the marks are replaced. */
export async function withTables(text: string): Promise<string> {
  const tables = {
    verbs: verbsTable(),
    keys: keysTable(),
    manual: await manualTable(),
    routes: routesTable(),
    peers: deviationsTable(),
  };
  return Object.entries(tables).reduce((done, [name, lines]) => {
    const between = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
    return done.replace(between, (_, begin: string, end: string) => `${begin}${lines.join('\n')}\n${end}`);
  }, text);
}

if (import.meta.main)
  for (const path of WITH_TABLES) {
    const file = new URL(path, ROOT);
    const before = await readFile(file, 'utf8');
    const after = await withTables(before);
    if (after !== before) await writeFile(file, after);
  }
