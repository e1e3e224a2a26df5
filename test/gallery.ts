/**
 * Keeps pictures of every screen, dialog and mode of the console in `.gallery/`: `npm run gallery [NAME]`. Each is a text, and a
 * PNG of a dark and of a light terminal where a Chromium is installed.
 */
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {setTimeout as pause} from 'node:timers/promises';
import {bundleScenes} from './console/bundle-scenes.ts';
import {chromiumMissing, openBrowser, type Tab} from './servers/chromium.ts';
import {htmlOf} from './terminal/html.ts';
import {openTerminal} from './terminal/open.ts';

const SIZES = [
  [80, 24],
  [100, 30],
  [120, 40],
  [200, 50],
] as const;
/** Flags of the program that shows scenes. */
const MODES = {en: [], zh: ['--lang', 'zh'], mono: ['--mono'], share: ['--share']} as const;
const SCENES = [
  'quiet',
  'failing',
  'paused',
  'guarded',
  'rolling-back',
  'rolled-back',
  'deploying',
  'failed',
  'completed',
  'idle',
  'few',
  'stale',
  'store-away',
  'disagree',
  'hostile',
];
/** Dialogs by the key that opens them, over a release that fails. */
const DIALOGS = {
  rollback: 'r',
  raise: '+',
  next: 'n',
  percent: 'g',
  complete: 'C',
  alert: 'a',
  feedback: 'f',
  chart: 'Enter',
  filter: '/',
  palette: ':',
  keys: '?',
};
/** A screen is complete once its first numbers have come; nothing on it says so, milliseconds. */
const SETTLES_MS = 1500;
const REDRAWS_MS = 300;
const FOLDER = join(import.meta.dirname, '..', '.gallery');

interface Shot {
  name: string;
  scene: string;
  mode: keyof typeof MODES;
  key: string | null;
}

const [wanted = ''] = process.argv.slice(2);
const shots = (Object.keys(MODES) as Shot['mode'][])
  .flatMap(mode => [
    ...SCENES.map((scene): Shot => ({name: `${scene}-${mode}`, scene, mode, key: null})),
    ...Object.entries(DIALOGS).map(([name, key]): Shot => ({
      name: `dialog-${name}-${mode}`,
      scene: 'failing',
      mode,
      key,
    })),
  ])
  .filter(({name}) => name.includes(wanted));
const folder = await mkdtemp(join(tmpdir(), 'graydeck-gallery-'));
await mkdir(FOLDER, {recursive: true});
const browser = chromiumMissing ? null : await openBrowser();
try {
  const program = await bundleScenes(folder);
  const tab = (await browser?.tab()) ?? null;
  for (const shot of shots) await take(shot, program, tab);
  process.stdout.write(`${shots.length * SIZES.length} pictures in ${FOLDER}\n`);
} finally {
  await browser?.[Symbol.asyncDispose]();
  await rm(folder, {recursive: true, force: true});
}

/** Takes one screen at every size. */
async function take({name, scene, mode, key}: Shot, program: string, tab: Tab | null): Promise<void> {
  const [columns, rows] = SIZES[0];
  await using terminal = openTerminal([process.execPath, program, scene, ...MODES[mode]], {columns, rows});
  await terminal.until('GRAYDECK');
  await pause(SETTLES_MS);
  if (key !== null) terminal.press(key);
  for (const [wide, high] of SIZES) {
    terminal.resize(wide, high);
    await pause(REDRAWS_MS);
    const file = join(FOLDER, `${name}-${wide}x${high}`);
    await writeFile(`${file}.txt`, `${terminal.text()}\n`);
    if (tab === null) continue;
    for (const look of ['dark', 'light'] as const) {
      await writeFile(join(folder, 'screen.html'), htmlOf(terminal.emulator, look));
      await tab.look({width: Math.ceil(wide * 8.43) + 16, height: high * 18 + 16});
      await tab.open(pathToFileURL(join(folder, 'screen.html')).href);
      await tab.picture(`${file}-${look}.png`);
    }
  }
}
