import {readdir, readFile} from 'node:fs/promises';
import type {ManualTopic} from '../command-line/help.ts';
import {EXIT} from '../output/exit.ts';
import {Failure} from '../output/failure.ts';

/** The folder of the pages, seen from the chunk that holds this file. The build sets it; without a build it is undefined. */
declare const GRAYDECK_DOCS: string | undefined;

const folder = new URL(typeof GRAYDECK_DOCS === 'string' ? GRAYDECK_DOCS : '../../docs/', import.meta.url);

/** The order in which a reader needs the topics. A page that is not named here follows, by its name. */
const ORDER = [
  'begin',
  'concepts',
  'commands',
  'plan',
  'conditions',
  'project',
  'guard',
  'evidence',
  'sdk',
  'languages',
  'nginx',
  'prometheus',
  'http',
  'redis',
  'hooks',
  'governance',
  'notifications',
  'sharing',
  'operations',
  'troubleshooting',
  'comparison',
  'glossary',
  'internals',
];

/** Every page of the manual with its heading; none if the pages are not installed. */
export async function listTopics(): Promise<ManualTopic[]> {
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  const names = (await readdir(folder).catch(() => []))
    .flatMap(file => /^(?<name>[a-z]+)\.md$/u.exec(file)?.groups?.['name'] ?? [])
    .toSorted((one, other) => rank(one) - rank(other) || one.localeCompare(other));
  return await Promise.all(
    names.map(async name => ({
      name,
      title: /^# (?<title>.+)$/mu.exec(await readPage(name))?.groups?.['title'] ?? name,
    })),
  );
}

/** The Markdown of a page. @throws Failure if the pages are not installed. */
export async function readPage(name: string): Promise<string> {
  return await readFile(new URL(`${name}.md`, folder), 'utf8').catch(notInstalled);
}

function notInstalled(error: NodeJS.ErrnoException): never {
  throw new Failure(
    EXIT.fault,
    'no-manual',
    `the manual cannot be read: ${error.message}`,
    'install the package graydeck again; the manual is its folder source/docs',
  );
}
