import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Split} from '../../source/release/split.ts';
import {connect, type Deck, type DeckOptions} from '../../source/sdk/index.ts';
import {openStore} from '../../source/store/open.ts';
import type {FeatureStore, OperatorStore} from '../../source/store/port.ts';
import {aclLines} from '../../source/store/redis/acl.ts';
import {splitNamed} from '../audience/conformance.ts';
import {startProxy, type Proxy} from '../servers/proxy.ts';
import {startRedis, type RedisServer} from '../servers/redis.ts';
import {appendNext} from '../store/commits.ts';
import {eventually} from '../patience.ts';

export const FEATURE = 'new_payment';
export const LOG = `graydeck:{${FEATURE}}:log`;
export const METRICS = `graydeck:{${FEATURE}}:metrics`;
/** A user whom the conformance file includes at 10 %. */
export const EARLY = {id: 'u-298'};
export const FORCED = {headers: {'x-gray-release': 'true'}};

/** A real Redis, a proxy that can be cut, an operator, and applications with the rights of role `app`. */
export class Scene {
  readonly redis: RedisServer;
  readonly proxy: Proxy;
  readonly operator: OperatorStore;
  readonly folder: string;
  readonly troubles: string[] = [];
  readonly #decks: Deck[] = [];

  private constructor(redis: RedisServer, proxy: Proxy, operator: OperatorStore, folder: string) {
    this.redis = redis;
    this.proxy = proxy;
    this.operator = operator;
    this.folder = folder;
  }

  static async open(): Promise<Scene> {
    const acl = aclLines('app').map(line => line.replace('PASSWORD', 'secret-of-the-app'));
    const redis = await startRedis({acl: ['user default on nopass ~* &* +@all', ...acl]});
    const proxy = await startProxy(redis);
    const operator = await openStore(redis.url, 'operator');
    return new Scene(redis, proxy, operator, await mkdtemp(join(tmpdir(), 'graydeck-sdk-')));
  }

  get feature(): FeatureStore {
    return this.operator.feature(FEATURE);
  }

  /** Writes the next commit with a split of the conformance file. */
  async put(name: string, changes: Partial<Split> = {}): Promise<number> {
    return (await appendNext(this.feature, {split: {...splitNamed(name), ...changes}})).version;
  }

  /** Connects an application through the proxy, with the rights of role `app`. */
  async connect(options: DeckOptions = {}): Promise<Deck> {
    const deck = await connect({
      store: `redis://graydeck-app:secret-of-the-app@127.0.0.1:${this.proxy.port}/0`,
      stateFolder: this.folder,
      onTrouble: what => this.troubles.push(what),
      ...options,
    });
    this.#decks.push(deck);
    return deck;
  }

  /** Closes the applications, and deletes the log and the files that they remember. */
  async clear(): Promise<void> {
    await Promise.all(this.#decks.splice(0).map(deck => deck.close()));
    this.proxy.release();
    await this.redis.admin.flushall();
    await rm(this.folder, {recursive: true, force: true});
    this.troubles.length = 0;
  }

  async close(): Promise<void> {
    await this.clear();
    await this.operator.close();
    await this.proxy.close();
    await this.redis.dispose();
  }
}

/** Waits until the assertion holds. */
export async function until(holds: () => void | Promise<void>): Promise<void> {
  await eventually(holds, 5);
}
