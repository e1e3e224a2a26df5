/** A real Chromium without a window, driven by its own protocol. */
import {spawn, spawnSync} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const PROGRAM = ['chromium', 'chromium-browser'].find(name => spawnSync(name, ['--version']).status === 0);

/** Why there is no Chromium here; false: there is one. */
export const chromiumMissing = PROGRAM === undefined;

const STARTS_WITHIN_MS = 30_000;

export interface Tab {
  /** Opens an address and waits until it is loaded. */
  open(url: string): Promise<void>;
  /** Runs an expression in the page and gives back its value. */
  run<T>(expression: string): Promise<T>;
  look(about: {width: number; height?: number; dark?: boolean; scripts?: boolean}): Promise<void>;
  /** The page, as long as it is, as PNG. */
  picture(file: string): Promise<void>;
}

export interface Browser extends AsyncDisposable {
  tab(): Promise<Tab>;
}

type Answer = {id?: number; method?: string; sessionId?: string; result?: unknown; error?: {message: string}};

export async function openBrowser(): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-chromium-'));
  const child = spawn(
    PROGRAM ?? 'chromium',
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--hide-scrollbars',
      '--remote-debugging-port=0',
      `--user-data-dir=${folder}`,
      'about:blank',
    ],
    {stdio: ['ignore', 'ignore', 'pipe']},
  );
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`chromium does not start: ${said}`)), STARTS_WITHIN_MS);
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const found = /DevTools listening on (ws:\S+)/u.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    });
  });
  const socket = new WebSocket(address);
  await new Promise(resolve => socket.addEventListener('open', resolve, {once: true}));
  const waiting = new Map<number, (answer: Answer) => void>();
  const listeners = new Set<(answer: Answer) => void>();
  let next = 1;
  socket.addEventListener('message', ({data}) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.id === undefined) for (const listener of listeners) listener(answer);
    else waiting.get(answer.id)?.(answer);
  });
  const call = async <T>(method: string, params: object = {}, sessionId?: string): Promise<T> => {
    const id = next++;
    const answered = new Promise<Answer>(resolve => waiting.set(id, resolve));
    socket.send(JSON.stringify({id, method, params, ...(sessionId === undefined ? {} : {sessionId})}));
    const {result, error} = await answered;
    waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result as T;
  };
  return {
    async tab() {
      const {targetId} = await call<{targetId: string}>('Target.createTarget', {url: 'about:blank'});
      const {sessionId} = await call<{sessionId: string}>('Target.attachToTarget', {targetId, flatten: true});
      const ask = <T>(method: string, params: object = {}) => call<T>(method, params, sessionId);
      await ask('Page.enable');
      await ask('Runtime.enable');
      return {
        async open(url) {
          const loaded = new Promise<void>(resolve => {
            const listener = (news: Answer) => {
              if (news.sessionId !== sessionId || news.method !== 'Page.loadEventFired') return;
              listeners.delete(listener);
              resolve();
            };
            listeners.add(listener);
          });
          await ask('Page.navigate', {url});
          await loaded;
        },
        async run<T>(expression: string) {
          const {result} = await ask<{result: {value: T}}>('Runtime.evaluate', {
            expression,
            returnByValue: true,
            awaitPromise: true,
          });
          return result.value;
        },
        async look({width, height = 900, dark = false, scripts = true}) {
          await ask('Emulation.setDeviceMetricsOverride', {
            width,
            height,
            deviceScaleFactor: 1,
            mobile: width < 600,
          });
          await ask('Emulation.setEmulatedMedia', {
            features: [{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'}],
          });
          await ask('Emulation.setScriptExecutionDisabled', {value: !scripts});
        },
        async picture(file) {
          const {data} = await ask<{data: string}>('Page.captureScreenshot', {captureBeyondViewport: true});
          await writeFile(file, data, 'base64');
        },
      };
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill();
      await ended;
      await rm(folder, {recursive: true, force: true, maxRetries: 5});
    },
  };
}
