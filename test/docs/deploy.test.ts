import {readdir, readFile, stat} from 'node:fs/promises';
import {describe, expect, test} from 'vitest';
import {parse, parseAllDocuments} from 'yaml';
import {checkUse, findVerb} from '../../source/cli/command-line/find-verb.ts';
import {entryOf, FLAG_NAMES} from '../../source/cli/command-line/flags.ts';
import {parseArguments} from '../../source/cli/command-line/parse.ts';
import {readConfig} from '../../source/config/project/config-file.ts';

const root = new URL('../../', import.meta.url);
const folder = new URL('fixtures/deploy/', root);
const read = (name: string) => readFile(new URL(name, folder), 'utf8');
const names = await readdir(folder);
const units = names.filter(name => name.endsWith('.service'));

interface Container {
  name: string;
  args?: string[];
  env?: {name: string}[];
  volumeMounts?: {name: string}[];
  readinessProbe?: {httpGet: {path: string}};
}
interface Manifest {
  kind: string;
  metadata: {name: string};
  data?: Record<string, string>;
  spec?: {
    replicas?: number;
    selector: {matchLabels?: Record<string, string>} & Record<string, unknown>;
    template?: {
      metadata: {labels: Record<string, string>};
      spec: {containers: Container[]; initContainers?: Container[]; volumes: {name: string}[]};
    };
  };
}
interface Compose {
  services: Record<string, {command?: string[]; environment?: Record<string, string>; secrets?: string[]}>;
  secrets: Record<string, unknown>;
}

const manifests = parseAllDocuments(await read('kubernetes.yaml')).map(
  document => document.toJS() as Manifest,
);
const compose = parse(await read('compose.yaml'), {merge: true}) as Compose;
const workloads = manifests.filter(({kind}) => kind === 'Deployment');
const containers = workloads.flatMap(({spec}) => spec?.template?.spec.containers ?? []);

/** Every command line of the program in this folder, by its place. */
async function commandLines(): Promise<[string, string[]][]> {
  const ofUnits = await Promise.all(
    units.map(async unit =>
      [...(await read(unit)).matchAll(/^Exec\w+=\/usr\/bin\/graydeck (?<words>.*)$/gmu)].map(
        ({groups}): [string, string[]] => [unit, wordsOf(groups?.['words'] ?? '')],
      ),
    ),
  );
  const [, command = '[]'] = /^CMD (?<words>\[.*\])$/mu.exec(await read('Containerfile')) ?? [];
  return [
    ...ofUnits.flat(),
    ['Containerfile', JSON.parse(command) as string[]],
    ...Object.entries(compose.services)
      .filter(([name]) => name !== 'redis')
      .map(([name, {command: words = []}]): [string, string[]] => [`compose.yaml ${name}`, words]),
    ...containers.map(({name, args = []}): [string, string[]] => [`kubernetes.yaml ${name}`, args]),
  ];
}

const wordsOf = (text: string) =>
  [...text.matchAll(/"(?<quoted>[^"]*)"|(?<plain>\S+)/gu)].map(
    ({groups}) => groups?.['quoted'] ?? groups?.['plain'] ?? '',
  );

test.each(await commandLines())('the command of %s is one that the program knows: %j', async (_, words) => {
  const parsed = await parseArguments(words, {});
  expect(() => checkUse(findVerb(parsed.words), parsed)).not.toThrow();
  expect(findVerb(parsed.words).verb.name).not.toBe('watch');
});

test('every variable of Graydeck is one that the program reads', async () => {
  const sources = await readdir(new URL('source/', root), {recursive: true});
  const texts = await Promise.all(
    sources
      .filter(path => /\.tsx?$/u.test(path))
      .map(path => readFile(new URL(`source/${path}`, root), 'utf8')),
  );
  const known = new Set([
    ...FLAG_NAMES.flatMap(name => entryOf(name).env ?? []),
    ...texts.flatMap(text => text.match(/\bGRAYDECK_[A-Z_]+/gu) ?? []),
  ]);
  const used = [
    ...Object.values(compose.services).flatMap(({environment = {}}) => Object.keys(environment)),
    ...containers.flatMap(({env = []}) => env.map(({name}) => name)),
    ...(await Promise.all(units.map(read))).flatMap(text => text.match(/\bGRAYDECK_[A-Z_]+/gu) ?? []),
  ].filter(name => name.startsWith('GRAYDECK_'));
  expect(used).toContain('GRAYDECK_STORE_PASSWORD');
  expect(used.filter(name => !known.has(name))).toEqual([]);
});

test('the project files are read without a mistake', async () => {
  const texts = manifests.flatMap(({data}) => data?.['graydeck.yaml'] ?? []);
  for (const text of [...texts, await read('graydeck.yaml')])
    expect(readConfig(text, 'deploy')).toMatchObject({ok: true});
  expect(texts).toHaveLength(1);
});

describe('for Kubernetes', () => {
  test('two guards run, and serve is asked for its health where it answers', () => {
    expect(workloads.map(({metadata, spec}) => [metadata.name, spec?.replicas])).toEqual([
      ['graydeck-guard', 2],
      ['graydeck-serve', 1],
    ]);
    expect(containers.find(({name}) => name === 'serve')?.readinessProbe?.httpGet.path).toBe('/healthz');
  });

  test.each(workloads)('$metadata.name selects its pods, and mounts only volumes that it has', ({spec}) => {
    const pod = spec?.template;
    expect(pod?.metadata.labels).toMatchObject(spec?.selector.matchLabels ?? {none: 'none'});
    const volumes = pod?.spec.volumes.map(({name}) => name);
    const mounts = [...(pod?.spec.containers ?? []), ...(pod?.spec.initContainers ?? [])].flatMap(
      ({volumeMounts = []}) => volumeMounts.map(({name}) => name),
    );
    expect(volumes).toEqual(expect.arrayContaining(mounts));
  });
});

describe('for Compose', () => {
  test('two guards run, and every secret is declared', () => {
    const verbs = Object.values(compose.services).map(({command}) => command?.[0]);
    expect(verbs.filter(verb => verb === 'guard')).toHaveLength(2);
    const secrets = Object.values(compose.services).flatMap(service => service.secrets ?? []);
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(secrets));
  });
});

describe('for systemd', () => {
  test('there is a unit for each process that lasts', () => {
    expect(units.toSorted()).toEqual([
      'graydeck-agent.service',
      'graydeck-guard.service',
      'graydeck-record@.service',
      'graydeck-serve.service',
    ]);
  });

  test.each(units)(
    '%s waits until it is ready, is restarted when it hangs, and has a user of its own',
    async unit => {
      const text = await read(unit);
      for (const line of [
        'Type=notify',
        'NotifyAccess=all',
        'Restart=always',
        'User=graydeck',
        'NoNewPrivileges=yes',
      ])
        expect(text).toContain(`\n${line}\n`);
      expect(text).toMatch(/^WatchdogSec=\d+$/mu);
    },
  );
});

test('the image holds files that are in the repository or built', async () => {
  const copied = [...(await read('Containerfile')).matchAll(/^COPY (?<paths>.*) \S+$/gmu)].flatMap(
    ({groups}) => (groups?.['paths'] ?? '').split(' '),
  );
  expect(copied).toContain('distribution');
  for (const path of copied.filter(one => one !== 'distribution'))
    await expect(stat(new URL(path, root))).resolves.toBeTruthy();
});
