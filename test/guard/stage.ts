import {openController} from '../../source/controller/controller.ts';
import type {Controller, Outcome, Snapshot} from '../../source/controller/outcome.ts';
import type {Intent} from '../../source/release/command.ts';
import type {Commit} from '../../source/release/commit.ts';
import type {Plan} from '../../source/release/plan.ts';
import type {Release} from '../../source/release/state.ts';
import {openStore} from '../../source/store/open.ts';
import type {FeatureStore, OperatorStore} from '../../source/store/port.ts';
import {newFeature, shown} from '../controller/desk.ts';
import {liu} from '../release/specification.ts';
import {Traffic} from './traffic.ts';
import {guardOf, startGuard, type Watchman} from './watchmen.ts';
import {PATIENCE_MS} from '../patience.ts';

/** A feature of its own with traffic and guards; all of it ends with the test. */
export class Stage implements AsyncDisposable {
  readonly address: string;
  readonly store: OperatorStore;
  readonly feature: FeatureStore;
  readonly controller: Controller;
  readonly traffic: Traffic;
  readonly guards: Watchman[] = [];
  /** The file that guards run; from the source unless set. */
  program: string | undefined;

  private constructor(address: string, store: OperatorStore, name: string) {
    this.address = address;
    this.store = store;
    this.feature = store.feature(name);
    this.controller = openController({feature: name, log: this.feature.log, now: () => store.now()});
    this.traffic = new Traffic(this.controller, this.feature);
  }

  static async open(address: string): Promise<Stage> {
    const store = await openStore(address, 'operator', {env: {}});
    const stage = new Stage(address, store, newFeature());
    await stage.controller.ready();
    return stage;
  }

  does(intent: Intent): Promise<Outcome> {
    return this.controller.execute(intent, {by: liu});
  }

  start(plan: Plan): Promise<Outcome> {
    return this.does({type: 'start', release: 'r-1', version: 'v2', over: 'v1', plan});
  }

  get release(): Release {
    const {release} = this.controller.snapshot().state;
    if (release === null) throw new Error('no release has been started');
    return release;
  }

  get commits(): readonly Commit[] {
    return this.controller.commits();
  }

  shown(fits: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    return shown(this.controller, fits);
  }

  /** Resolves once the release is as wanted. */
  async until(fits: (release: Release) => boolean): Promise<Release> {
    const fitting = ({state: {release}}: Snapshot) => release !== null && fits(release);
    const {state} = await this.shown(fitting).catch((error: unknown) => {
      const {phase, verdict, clock} = this.release;
      const told = this.guards.map(({child}) => child.errors()).join('');
      throw new Error(`${String(error)} ${JSON.stringify({phase, verdict, clock})} ${told}`);
    });
    return state.release!;
  }

  guard(name: string, ...args: string[]): Watchman {
    const watchman = startGuard(this.address, name, this.controller.feature, args, this.program);
    this.guards.push(watchman);
    return watchman;
  }

  /** Resolves once a guard acts under a later epoch than this one. */
  async guarded(afterEpoch = 0): Promise<{name: string; epoch: number; since: number}> {
    const fits = ({state: {guard}}: Snapshot) => guard !== null && !guard.left && guard.epoch > afterEpoch;
    const {state} = await this.shown(fits);
    return state.guard!;
  }

  /** The guard that acts. */
  leader(): Watchman {
    const leader = this.guards.find(({name}) => name === guardOf(this.commits));
    if (leader === undefined) throw new Error('no guard acts');
    return leader;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.traffic.stop();
    for (const {child} of this.guards) {
      child.process.kill('SIGCONT');
      child.process.kill('SIGKILL');
    }
    await Promise.all(this.guards.map(({child}) => child.ended));
    await this.controller.close();
    await this.store.close();
  }
}

/** Resolves once a condition holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`it does not hold: ${String(holds)}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
