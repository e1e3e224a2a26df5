import {afterEach, describe, expect, test} from 'vitest';
import {openController} from '../../source/controller/controller.ts';
import {openView} from '../../source/controller/view.ts';
import type {Intent} from '../../source/release/command.ts';
import {openStore} from '../../source/store/open.ts';
import type {StoreByRole} from '../../source/store/port.ts';
import {fourPhases} from '../release/plans.ts';
import {liu} from '../release/specification.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {shown} from './desk.ts';

const start = {type: 'start', release: 'r-1', version: 'v2', plan: fourPhases()} as const;
const rollback: Intent = {type: 'rollback', release: 'r-1'};
const feature = 'new_payment';

describe.skipIf(redisMissing)('a store that is away', () => {
  const opened: {close(): Promise<void>}[] = [];
  const servers: RedisServer[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).toReversed()) await one.close();
    for (const server of servers.splice(0)) await server.dispose();
  });

  async function serve(): Promise<RedisServer> {
    const server = await startRedis({appendonly: true});
    servers.push(server);
    return server;
  }
  async function openOperator(server: RedisServer): Promise<StoreByRole['operator']> {
    const store = await openStore(server.url, 'operator', {env: {}});
    opened.push(store);
    return store;
  }
  async function control(server: RedisServer) {
    const store = await openOperator(server);
    const controller = openController({feature, log: store.feature(feature).log, now: () => store.now()});
    opened.push(controller);
    return controller;
  }

  test('when the console opens is shown as away, and as up once it answers', async () => {
    const server = await serve();
    const first = await control(server);
    await first.execute(start, {by: liu});
    await server.stop();
    const store = await openStore(server.url, 'viewer', {env: {}});
    const view = openView({feature, log: store.feature(feature).log, now: () => store.now()});
    opened.push(store, view);
    const {link} = await shown(view, snapshot => snapshot.link.state === 'away');
    expect(link).toMatchObject({state: 'away', why: expect.any(String) as string});
    await expect(view.ready()).rejects.toMatchObject({code: 'store-unreachable'});
    await server.start();
    const up = await shown(view, snapshot => snapshot.link.state === 'up');
    expect(up.split).toMatchObject({live: true, percent: 5});
    await expect(view.ready()).resolves.toBeUndefined();
    // The view follows the log.
    await shown(first, snapshot => snapshot.link.state === 'up');
    await first.execute(rollback, {by: liu});
    await shown(view, snapshot => !snapshot.split.live);
  });

  test('rejects a command at once with the fault of the store', async () => {
    const server = await serve();
    await server.stop();
    const controller = await control(server);
    await expect(controller.execute(start, {by: liu})).rejects.toMatchObject({code: 'store-unreachable'});
    await server.start();
    await shown(controller, snapshot => snapshot.link.state === 'up');
    expect(await controller.execute(start, {by: liu})).toMatchObject({kind: 'done', version: 1});
  });

  test('for a while keeps the last state, and no commit is missed', async () => {
    const server = await serve();
    const [one, other] = [await control(server), await control(server)];
    await one.execute(start, {by: liu});
    await shown(other, ({head}) => head?.version === 1);
    await server.kill();
    const gone = await shown(other, ({link}) => link.state === 'away');
    expect(gone.state.release).toMatchObject({state: 'rolling', percent: 5});
    await expect(other.execute(rollback, {by: liu})).rejects.toMatchObject({code: 'store-unreachable'});
    await server.start();
    await shown(other, ({link}) => link.state === 'up');
    await shown(one, ({link}) => link.state === 'up');
    expect(await one.execute(rollback, {by: liu})).toMatchObject({kind: 'done', version: 2});
    const back = await shown(other, ({split}) => !split.live);
    expect(back.lastBreak).toBeNull();
  });

  test('for ever lets the view be closed at any time', async () => {
    const server = await serve();
    await server.stop();
    const controller = await control(server);
    await shown(controller, ({link}) => link.state === 'away');
    await expect(controller.close()).resolves.toBeUndefined();
  });
});
