import {mkdir, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {dirname, join, posix, resolve} from 'node:path';
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {architecture, architecturePath, lintConfiguration, lintPath} from './generate.ts';
import {entries, portFiles, rooms} from './table.ts';

const root = resolve(import.meta.dirname, '../..');
const source = join(root, 'source');

/** Folders that hold no code. */
const withoutCode = new Set(['docs']);

const files = (await readdir(source, {recursive: true})).filter(file => /\.tsx?$/u.test(file));

interface Import {
  readonly from: string;
  readonly to: string;
}

const importsOf = async (file: string): Promise<readonly Import[]> => {
  const text = await readFile(join(source, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/gu)].map(match => ({
    from: file,
    to: posix.join(posix.dirname(file), match[1] ?? ''),
  }));
};

const imports = (await Promise.all(files.map(importsOf))).flat();
const roomOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '');

const storePart = (file: string): readonly string[] => {
  const [, part = ''] = file.split('/');
  const isPort = portFiles.includes(part);
  return [
    'store',
    ...(isPort ? ['store/port'] : []),
    ...(isPort || part === 'open.ts' ? ['store/open'] : []),
  ];
};

const allowedOf = (file: string): readonly string[] | undefined => {
  const room = roomOf(file);
  return room === '' ? entries[file] : rooms.find(({name}) => name === room)?.mayImport;
};

const breaks = ({from, to}: Import): boolean => {
  const room = roomOf(from);
  const other = roomOf(to);
  const allowed = room === 'cli' ? undefined : (allowedOf(from) ?? []);
  const names = other === 'store' ? storePart(to) : [other];
  return other !== room && allowed !== undefined && !names.some(name => allowed.includes(name));
};

describe('walls between rooms', () => {
  it('has a row for every folder and a folder for every row', async () => {
    const folders = (await readdir(source, {withFileTypes: true}))
      .filter(entry => entry.isDirectory() && !withoutCode.has(entry.name))
      .map(entry => entry.name);
    expect(folders.toSorted()).toStrictEqual(rooms.map(({name}) => name).toSorted());
  });

  it('lets every file import only what its room may', () => {
    expect(imports.length).toBeGreaterThan(1000);
    expect(imports.filter(breaks)).toStrictEqual([]);
  });

  it('has no circle of rooms', () => {
    const below = new Map(rooms.map(({name}) => [name, new Set<string>()]));
    for (const {from, to} of imports) {
      if (roomOf(from) !== '' && roomOf(to) !== roomOf(from)) {
        below.get(roomOf(from))?.add(roomOf(to));
      }
    }
    const left = new Map(below);
    for (;;) {
      const lowest = [...left].filter(([, others]) => [...others].every(other => !left.has(other)));
      if (lowest.length === 0) {
        break;
      }
      lowest.forEach(([name]) => left.delete(name));
    }
    expect([...left.keys()]).toStrictEqual([]);
  });

  it('is what the lint configuration and ARCHITECTURE.md say', async () => {
    const lint = await readFile(lintPath, 'utf8');
    expect(JSON.parse(lint)).toStrictEqual(lintConfiguration(lint));
    const text = await readFile(architecturePath, 'utf8');
    expect(text).toBe(architecture(text));
  });

  it('makes lint refuse an import through a wall', async () => {
    const planted = join(source, 'release/planted-by-a-test/imports-a-router.ts');
    await mkdir(dirname(planted), {recursive: true});
    try {
      await writeFile(
        planted,
        "export * from '../../router/latch-file.ts';\nexport * as fs from 'node:fs';\n",
      );
      const {exitCode, stdout} = await execa('oxlint', [planted], {
        cwd: root,
        preferLocal: true,
        localDir: root,
        reject: false,
      });
      expect(stdout).toContain('release/ may import no other room');
      expect(stdout).toContain('A pure room imports nothing of Node');
      expect(exitCode).not.toBe(0);
    } finally {
      await rm(dirname(planted), {recursive: true, force: true});
    }
  });
});
