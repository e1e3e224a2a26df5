/**
 * Writes what follows from the table of walls: the overrides of the lint configuration and the table in ARCHITECTURE.md.
 * `node test/walls/generate.ts` writes both; the tests compare them with the table.
 */
import {readFile, writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import {format, resolveConfig} from 'prettier';
import {entries, rooms, type Room} from './table.ts';

const root = resolve(import.meta.dirname, '../..');
export const lintPath = resolve(root, '.oxlintrc.json');
export const architecturePath = resolve(root, 'source/ARCHITECTURE.md');

interface Override {
  readonly files: readonly string[];
  readonly rules: Readonly<Record<string, unknown>>;
}

interface LintConfiguration {
  readonly overrides: readonly Override[];
}

const pureGlobals = [
  'Date',
  'process',
  'setTimeout',
  'setInterval',
  'crypto',
  'console',
  'Buffer',
  'performance',
] as const;

const forPure = {
  group: ['node:*', 'fs', 'path', 'os', 'events', 'ink', 'react', 'ioredis'],
  message: 'A pure room imports nothing of Node and does no I/O.',
};

const inWords = (room: Room): string =>
  room.mayImport === undefined || room.mayImport.length === 0
    ? 'no other room'
    : room.mayImport
        .join(', ')
        .replace('store/port', 'the port of the store')
        .replace('store/open', 'the store without naming an adapter');

const restrictedImports = (room: Room, mayImport: readonly string[]): readonly object[] => {
  const others = rooms
    .map(({name}) => name)
    .filter(name => name !== room.name && !mayImport.some(allowed => allowed.split('/')[0] === name));
  const walls = {
    group: others.map(name => `**/${name}/**`),
    message: `${room.name}/ may import ${inWords(room)} (see source/ARCHITECTURE.md).`,
  };
  const adapters = mayImport.includes('store/port')
    ? ['**/store/sqlite/**', '**/store/redis/**', '**/store/open.ts']
    : mayImport.includes('store/open')
      ? ['**/store/sqlite/**', '**/store/redis/**']
      : [];
  const packages = room.notPackages ?? [];
  return [
    walls,
    ...(room.pure === true ? [forPure] : []),
    ...(adapters.length + packages.length > 0
      ? [
          {
            group: [...adapters, ...packages],
            message: `${room.name}/ may import ${inWords(room)}; no adapter and nothing that a screen needs.`,
          },
        ]
      : []),
  ];
};

const overrideOf = (room: Room): readonly Override[] =>
  room.mayImport === undefined
    ? []
    : [
        {
          files: [`source/${room.name}/**`],
          rules: {
            'no-restricted-imports': ['error', {patterns: restrictedImports(room, room.mayImport)}],
            ...(room.pure === true
              ? {
                  'no-restricted-globals': [
                    'error',
                    ...pureGlobals.map(name => ({
                      name,
                      message: 'Time, ids and the actor arrive inside the command.',
                    })),
                  ],
                }
              : {}),
          },
        },
      ];

/** The lint configuration with the overrides of all rooms; overrides of other folders stay as they are. */
export const lintConfiguration = (text: string): LintConfiguration => {
  const today = JSON.parse(text) as LintConfiguration;
  const others = today.overrides.filter(({files}) => !files.some(file => file.startsWith('source/')));
  return {...today, overrides: [...rooms.flatMap(overrideOf), ...others]};
};

const begin = '<!-- rooms: written by test/walls/generate.ts -->';
const end = '<!-- end of rooms -->';

const row = ({name, holds, pure, mayImport}: Room): string => {
  const allowed = mayImport?.map(other => `\`${other}\``).join(' ');
  return `| \`${name}/\` | ${holds}${pure === true ? '; pure' : ''} | ${allowed === undefined ? 'everything' : allowed === '' ? 'itself' : allowed} |`;
};

/** ARCHITECTURE.md with the table of rooms between its two markers. */
export const architecture = (text: string): string => {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) {
    throw new Error(`source/ARCHITECTURE.md has no lines "${begin}" and "${end}"`);
  }
  const table = ['| room | holds | may import |', '| --- | --- | --- |', ...rooms.map(row)].join('\n');
  const besides = `The public entries are outside of the rooms: ${Object.keys(entries)
    .map(name => `\`${name}\``)
    .join(', ')}.`;
  return `${text.slice(0, from)}${begin}\n\n${table}\n\n${besides}\n\n${text.slice(to)}`;
};

if (process.argv[1] === import.meta.filename) {
  const lint = await readFile(lintPath, 'utf8');
  await writeFile(
    lintPath,
    await format(JSON.stringify(lintConfiguration(lint)), {
      ...(await resolveConfig(lintPath)),
      parser: 'json',
    }),
  );
  await writeFile(architecturePath, architecture(await readFile(architecturePath, 'utf8')));
}
