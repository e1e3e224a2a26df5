import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {redisMissing} from '../servers/redis.ts';
import {FEATURE, logOf, openConsole, openProgram, redisPlace, startRelease} from './place.ts';
import {entry, xadd} from './writer.ts';
import {eventually} from '../patience.ts';

describe.skipIf(redisMissing)('what was', () => {
  test('is recorded, and seen again on the same screen, where nothing can be changed', async () => {
    await using place = await redisPlace();
    const {cli, redis} = place;
    await startRelease(place, '--over', 'v1.0.9');
    const recorder = openProgram(place, ['record', 'pay.ndjson']);
    await recorder.until('recording');
    await xadd(redis.port, [
      entry({side: 'prod', requests: 95, errors: 0, response_time: 100}),
      entry({side: 'gray', requests: 5, errors: 4, response_time: 100}),
    ]);
    const file = join(cli.folder, 'pay.ndjson');
    await eventually(async () => expect(await readFile(file, 'utf8')).toContain('"type":"second"'), 200);
    await cli.run('rollback', '--yes', '--reason', 'seen enough');
    await eventually(async () => expect(await readFile(file, 'utf8')).toContain('release-rolled-back'), 200);
    recorder.press('Ctrl+c');
    expect(await recorder.exit()).toBe(0);
    const before = await logOf(place);

    const recorded = await readFile(file, 'utf8');
    const judged = await cli.runWith({input: recorded}, 'judge');
    expect(judged).toMatchObject({exitCode: 0, stderr: ''});
    expect(judged.stdout.split('\n')).toHaveLength(recorded.match(/"type":"second"/gu)?.length ?? 0);

    await using replay = openProgram(place, ['replay', 'pay.ndjson']);
    await replay.until('NOT NOW');
    await replay.until('ROLLING');
    replay.press('r');
    await replay.until('only reads');
    replay.press('End');
    await replay.until('ROLLED BACK');
    replay.press(',');
    await replay.until('HALTED');
    replay.press('q');
    expect(await logOf(place)).toEqual(before);
  });

  test('is a key away from now, and now goes on meanwhile', async () => {
    await using place = await redisPlace();
    await startRelease(place, '--over', 'v1.0.9');
    await using console = await openConsole(place, ['--feature', FEATURE]);
    console.press(',');
    await console.until('this is now');
    console.press('t');
    await console.until('NOT NOW');
    await place.cli.run('pause');
    console.press('End');
    await console.until('PAUSED');
    expect(console.screen().join('\n')).not.toContain('NOT NOW');
    console.press('q');
  });
});
