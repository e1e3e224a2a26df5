import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';

const packageFolder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const isNotice = (name: string) => /^(licen[cs]e|copying|notice)/i.test(name);

async function noticeOf(folder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const {name, version, license} = manifest as {name: string; version: string; license?: string};
  const names = (await readdir(folder)).filter(isNotice).sort();
  const texts = await Promise.all(
    names.map(async file => (await readFile(join(folder, file), 'utf8')).trim()),
  );
  return [`${name} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n');
}

/** The licences of every package of which the bundle holds a part, as its licences ask for. */
export async function collectNotices(root: string, inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.flatMap(path => packageFolder.exec(path)?.[1] ?? []));
  const notices = await Promise.all([...folders].sort().map(folder => noticeOf(join(root, folder))));
  const rule = '-'.repeat(80);
  return `Graydeck's program contains parts of these packages.\n\n${notices.join(`\n\n${rule}\n\n`)}\n`;
}
