/** The real system under faults: a Redis with an append-only file, guards, apps and a channel, all but one by a proxy. */
import type {ChildProcess} from 'node:child_process';
import {inject} from 'vitest';
import {openView} from '../../source/controller/view.ts';
import type {Commit} from '../../source/release/commit.ts';
import type {State} from '../../source/release/state.ts';
import {isSilent} from '../../source/audience/applied.ts';
import {openStore} from '../../source/store/open.ts';
import {Workplace} from '../cli/program.ts';
import {httpReceiver, type HttpReceiver} from '../notify/receivers.ts';
import {eventually} from '../patience.ts';
import {startProxy, type Proxy} from '../servers/proxy.ts';
import {startRedis, type RedisServer} from '../servers/redis.ts';
import {runFile, type Child} from '../store/child.ts';
import type {Acknowledged, ServedGray} from './history.ts';

const FEATURE = 'pay';
const APP = new URL('programs/app.ts', import.meta.url).pathname;
const PHASE = '4s';
const PLAN = `phases:
  - {name: few, percent: 5, duration: ${PHASE}}
  - {name: some, percent: 20, duration: ${PHASE}}
  - {name: half, percent: 50, duration: ${PHASE}}
evidence: off
complete: manual
`;

/** A process that may be killed and stopped, and is started again under the same name. */
export interface Part {
  readonly name: string;
  readonly process: ChildProcess;
  restart(): void;
}

export class SoakedSystem implements AsyncDisposable {
  readonly redis: RedisServer;
  /** The way by which guards, apps and operators reach the store. */
  readonly way: Proxy;
  readonly channel: HttpReceiver;
  readonly guards: Part[] = [];
  readonly apps: Part[] = [];
  readonly acknowledged: Acknowledged[] = [];
  readonly served: ServedGray[] = [];
  readonly alerts: string[] = [];
  /** While set, the channel answers with an error. */
  isChannelAway = false;
  readonly #place: Workplace;
  readonly #children = new Set<Child>();
  #commands = 0;

  private constructor(redis: RedisServer, way: Proxy, channel: HttpReceiver, place: Workplace) {
    this.redis = redis;
    this.way = way;
    this.channel = channel;
    this.#place = place;
  }

  static async open({guards, apps}: {guards: number; apps: number}): Promise<SoakedSystem> {
    const redis = await startRedis({appendonly: true});
    const way = await startProxy(redis);
    let system: SoakedSystem | null = null;
    const channel = await httpReceiver(response => {
      response.statusCode = system?.isChannelAway === true ? 503 : 200;
      response.end();
    });
    const place = await Workplace.open(`redis://127.0.0.1:${way.port}/0`);
    system = new SoakedSystem(redis, way, channel, place);
    await place.file('plan.yaml', PLAN);
    await place.file('graydeck.yaml', 'channels: {slack: {url: {file: address}}}\n');
    await place.file('address', `${channel.url}/hook\n`);
    await system.command('start', 'v2', '--over', 'v1', '--plan', 'plan.yaml', '--yes');
    for (let n = 1; n <= guards; n++)
      system.guards.push(system.#part(`guard-${n}`, name => system.#guard(name)));
    for (let n = 1; n <= apps; n++) system.apps.push(system.#part(`app-${n}`, name => system.#app(name)));
    return system;
  }

  /** Runs a command by the program; what it acknowledges is kept. @returns whether it was done */
  async command(verb: string, ...words: string[]): Promise<boolean> {
    const by = `operator-${++this.#commands}`;
    const beganAt = Date.now();
    const {stdout, stderr, exitCode} = await this.#place.run(
      verb,
      ...words,
      '--feature',
      FEATURE,
      '--by',
      by,
      '--json',
    );
    if (exitCode === 2) throw new Error(stderr);
    if (exitCode !== 0) return false;
    const {head, outcome} = JSON.parse(stdout) as {head: number; outcome: string};
    if (outcome === 'done') this.acknowledged.push({by, version: head, beganAt, answeredAt: Date.now()});
    return outcome === 'done';
  }

  /** Raises an alert of a text of its own. */
  async alert(): Promise<boolean> {
    const text = `alarm-${this.#commands + 1}.`;
    const isDone = await this.command('alert', 'critical', text);
    if (isDone) this.alerts.push(text);
    return isDone;
  }

  /** Begins a command and kills its process after a while. */
  async killedCommand(afterMs: number, ...words: string[]): Promise<void> {
    const running = this.#place.start([...words, '--feature', FEATURE, '--by', 'killed', '--json']);
    const timer = setTimeout(() => running.kill('SIGKILL'), afterMs);
    await running;
    clearTimeout(timer);
  }

  /** Log and state, read past the proxy. */
  async look(): Promise<{commits: readonly Commit[]; state: State}> {
    const store = await openStore(this.redis.url, 'viewer');
    const view = openView({feature: FEATURE, log: store.feature(FEATURE).log, now: () => store.now()});
    await view.ready();
    const found = {commits: view.commits(), state: view.snapshot().state};
    await view.close();
    await store.close();
    return found;
  }

  /** Waits until a command is done, one guard acts and every app reports. @returns milliseconds */
  async recovered(): Promise<number> {
    const began = performance.now();
    await eventually(async () => {
      if (!(await this.alert())) throw new Error('no command is done');
    });
    const store = await openStore(this.redis.url, 'viewer');
    try {
      const {lease, routers} = store.feature(FEATURE);
      await eventually(async () => {
        const reports = await routers.list();
        const live = reports.filter(report => !isSilent(report, store.now())).length;
        if (live < this.apps.length) throw new Error(`${live} of ${this.apps.length} apps report`);
        if ((await lease.read()) === null) throw new Error('no guard acts');
      });
    } finally {
      await store.close();
    }
    return performance.now() - began;
  }

  /** Waits until each alert was delivered. */
  async delivered(): Promise<string[]> {
    const bodies = () => this.channel.posted.map(({body}) => body);
    await eventually(() => {
      const missing = this.alerts.filter(alert => !bodies().some(body => body.includes(alert)));
      if (missing.length > 0) throw new Error(`not delivered: ${missing.join(', ')}`);
    }).catch(() => undefined);
    return bodies();
  }

  async verified(): Promise<boolean> {
    return (await this.#place.run('log', 'verify', '--feature', FEATURE)).exitCode === 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const {process} of this.#children) {
      process.kill('SIGCONT');
      process.kill('SIGKILL');
    }
    await Promise.all([...this.#children].map(({ended}) => ended));
    await this.way.close();
    await this.channel[Symbol.asyncDispose]();
    await this.#place[Symbol.asyncDispose]();
    await this.redis.dispose();
  }

  #part(name: string, start: (name: string) => Child): Part {
    let child = start(name);
    this.#children.add(child);
    return {
      name,
      get process() {
        return child.process;
      },
      restart: () => {
        this.#children.delete(child);
        child = start(name);
        this.#children.add(child);
      },
    };
  }

  #guard(name: string): Child {
    const config = ['--config', `${this.#place.folder}/graydeck.yaml`];
    const words = ['guard', '--store', this.#place.store, ...config, '--feature', FEATURE, '--by', name];
    return runFile(inject('program'), words, {HOME: this.#place.folder});
  }

  #app(name: string): Child {
    const child = runFile(APP, [this.#place.store, FEATURE, name]);
    child.process.stdout?.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n')) {
        if (!line.startsWith('{') || !line.endsWith('}')) continue;
        const {at, release} = JSON.parse(line) as {at: number; release: string};
        this.served.push({app: name, release, at});
      }
    });
    return child;
  }
}
