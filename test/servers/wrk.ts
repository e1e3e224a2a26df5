import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {noteMissing} from './missing.ts';

/** True where there is no wrk. In CI that is an error. */
export const wrkMissing = spawnSync('wrk', ['-v']).error !== undefined;
if (wrkMissing) noteMissing('wrk', 'a rollback under load');

/** What a load has seen. */
export interface Load {
  requests: number;
  /** Connections that broke under a request, or timed out. */
  broken: number;
  /** Answers that were neither 2xx nor 3xx. */
  refused: number;
  /** Answers by gray; only counted where asked for. */
  gray: number;
}

export interface LoadOptions {
  connections?: number;
  /** Answers are read, too. It makes the load lighter. */
  isGrayCounted?: boolean;
}

/** Everybody who may come to gray: on the list, forced by header or cookie, and anybody by percent. */
const USERS = `
local users = {
  {["X-User-Id"] = "vip-1"},
  {["X-User-Id"] = "u-7", ["X-Gray-Release"] = "true"},
  {["X-User-Id"] = "u-8", ["Cookie"] = "gray_user=true"},
}
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", nil, users[n % 4 + 1] or {["X-User-Id"] = "u-" .. n % 997})
end
`;
const COUNT_GRAY = `
local threads = {}
setup = function(thread) table.insert(threads, thread) end
gray = 0
response = function(status, headers, body) if body:find("gray") then gray = gray + 1 end end
done = function()
  local sum = 0
  for _, thread in ipairs(threads) do sum = sum + thread:get("gray") end
  io.write("gray: " .. sum .. "\\n")
end
`;
/** Nobody loads anything longer, in seconds. */
const LONGEST = 600;

/** A load by wrk on kept connections, until it is stopped. */
export async function startWrk(
  url: string,
  {connections = 32, isGrayCounted = false}: LoadOptions = {},
): Promise<{stop(): Promise<Load>}> {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-wrk-'));
  const script = join(folder, 'users.lua');
  await writeFile(script, isGrayCounted ? USERS + COUNT_GRAY : USERS);
  const argv = ['-t1', `-c${connections}`, `-d${LONGEST}`, '-s', script, url];
  const wrk = spawn('wrk', argv, {stdio: ['ignore', 'pipe', 'inherit']});
  const orphaned = (): void => void wrk.kill('SIGKILL');
  process.once('exit', orphaned);
  const ended = once(wrk, 'close');
  let said = '';
  wrk.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return {
    async stop() {
      wrk.kill('SIGINT');
      await ended;
      process.off('exit', orphaned);
      await rm(folder, {recursive: true});
      const broken = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(said) ?? [];
      const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1] ?? 0);
      return {
        requests: number(/(\d+) requests in/),
        broken: broken.slice(1).reduce((sum, one) => sum + Number(one), 0),
        refused: number(/Non-2xx or 3xx responses: (\d+)/),
        gray: number(/gray: (\d+)/),
      };
    },
  };
}
