import {chmod, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {Workplace} from '../cli/program.ts';
import {eventually} from '../patience.ts';

async function placeOfDaemons(): Promise<{place: Workplace; argv: Record<string, string[]>; told: string}> {
  const place = await Workplace.open();
  await place.run('start', 'v2', '--over', 'v1', '--feature', 'pay', '--yes');
  const tokens = await place.file('tokens', `viewer read ${'t'.repeat(40)}\n`);
  await chmod(join(place.folder, tokens), 0o600);
  // Stands in for the program of systemd, which sends what it is told to a socket.
  const notify = await place.file('systemd-notify', '#!/bin/sh\necho "$1" >> "$NOTIFY_SOCKET"\n');
  await chmod(join(place.folder, notify), 0o755);
  return {
    place,
    told: join(place.folder, 'told'),
    argv: {
      guard: ['guard', '--feature', 'pay'],
      serve: ['serve', '--tokens', tokens, '--listen', '127.0.0.1:0'],
      record: ['record', join(place.folder, 'recording'), '--feature', 'pay'],
    },
  };
}

describe.each(['guard', 'serve', 'record'])('%s', verb => {
  test('tells systemd that it is ready, that it moves and that it stops; a hang-up without a terminal ends nothing', async () => {
    const {place, argv, told} = await placeOfDaemons();
    await using _ = place;
    await writeFile(told, '');
    const env = {
      NOTIFY_SOCKET: told,
      WATCHDOG_USEC: '1500000',
      PATH: `${place.folder}:${process.env['PATH'] ?? ''}`,
    };
    const daemon = place.start(argv[verb]!, {env});
    const count = async (word: string) =>
      (await readFile(told, 'utf8')).split('\n').filter(line => line === word).length;
    await eventually(async () => expect(await count('READY=1')).toBe(1));
    process.kill(daemon.pid!, 'SIGHUP');
    const before = await count('WATCHDOG=1');
    await eventually(async () => expect(await count('WATCHDOG=1')).toBeGreaterThan(before + 1));
    process.kill(daemon.pid!, 'SIGTERM');
    expect((await daemon).exitCode).toBe(0);
    await eventually(async () => expect(await count('STOPPING=1')).toBe(1));
  });
});
