import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {Workplace} from '../cli/program.ts';
import {askMany, nginxMissing, type Asking} from '../servers/nginx.ts';
import {canListen} from '../servers/ports.ts';
import {redisMissing} from '../servers/redis.ts';

/** The first of five free ports in a row, below those that the system gives out: the example has fixed ones. */
async function fivePorts(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const first = 20_000 + 5 * Math.floor(Math.random() * 2000);
    const isFree = await Promise.all(Array.from({length: 5}, (_, next) => canListen(first + next)));
    if (isFree.every(Boolean)) return first;
  }
  throw new Error('no five free ports in a row');
}

describe.skipIf(redisMissing || nginxMissing)('the example of fixtures/nginx', () => {
  test('starts by one command, and routes by list, country, header, cookie and percent until it is rolled back', async () => {
    const first = await fivePorts();
    const start = fileURLToPath(new URL('../../fixtures/nginx/start.js', import.meta.url));
    const example = spawn(process.execPath, [start, '--port', String(first)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [example.stdout, example.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    try {
      await expect.poll(() => said).toContain('prod for everyone');
      await using place = await Workplace.open(`redis://127.0.0.1:${first}/0`);
      const plan = fileURLToPath(new URL('../../fixtures/nginx/payment.yaml', import.meta.url));
      const started = await place.run('start', 'v1.1.0', '--feature', 'new_payment', '--plan', plan, '--yes');
      expect(started.exitCode).toBe(0);
      await expect.poll(() => said).toContain('20 % on gray');

      const ask = (...requests: Record<string, string>[]) =>
        askMany(
          first + 1,
          requests.map((headers): Asking => ({headers})),
        );
      const asked = [
        {'x-user-id': 'vip-1'},
        {'x-user-id': 'u-1', 'x-forwarded-for': '10.1.2.3'},
        {'x-user-id': 'u-1', 'x-gray-release': 'true'},
        {'x-user-id': 'u-1', cookie: 'gray_user=true'},
        {'x-user-id': 'vip-1', 'x-gray-flag': 'false'},
        {'x-user-id': 'u-1'},
      ];
      const sides = ['gray', 'gray', 'gray', 'gray', 'prod', 'prod'];
      expect((await ask(...asked)).map(body => body.trim())).toEqual(sides);
      const users = await ask(...Array.from({length: 500}, (_, index) => ({'x-user-id': `u-${index}`})));
      const share = users.filter(body => body.trim() === 'gray').length / users.length;
      expect(share).toBeGreaterThan(0.13);
      expect(share).toBeLessThan(0.27);

      const back = await place.run('rollback', '--feature', 'new_payment');
      expect(back.stdout).toContain('prod for everyone');
      expect(new Set((await ask(...asked)).map(body => body.trim()))).toEqual(new Set(['prod']));
    } finally {
      // Where it has ended by itself, what it said is in the message of the wait that failed.
      if (example.kill('SIGTERM')) await once(example, 'exit');
    }
  });
});
