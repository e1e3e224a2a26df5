import {isAcknowledged} from '../audience/latch.ts';
import {openLatch, readLatch} from './latch-file.ts';
import {followSplit, type SplitNews} from './follow-split.ts';
import type {RouterReport, RouterStore} from '../store/port.ts';
import {Presence} from './presence.ts';
import {readRemembered, rememberedPath, writeRemembered} from './remembered.ts';
import type {Routing} from './routing.ts';

const LOOK_AT_LATCH_EVERY_MS = 1000;
const LEAVES_WITHIN_MS = 1000;

/** The parts that `keepRouting` connects for one feature. */
export interface RoutingOptions {
  routing: Routing;
  store: RouterStore;
  /** The store's address without password; part of the name of the file of the last split. */
  label: string;
  /** Name of this router in its reports, for example `sdk web-3/812-k2x9`. */
  name: string;
  /** Folder of the last split and of the latch of an offline rollback; null keeps neither. */
  folder: string | null;
  /** Receives a sentence for people when a fault begins; once for each fault. */
  onTrouble(what: string): void;
  /** Called when the split, or whether this router obeys it, may have changed. */
  onChange?(): void;
  /** Makes the report. Default: the report of `routing`. An edge reports less until nginx has confirmed. */
  report?(): RouterReport;
}

/** A router that follows the newest split. */
export interface KeptRouting {
  /** Resolves once the newest split is known and the store has taken a report of it. */
  readonly ready: Promise<void>;
  /** Reports soon, because this router applies another split than before. */
  kick(): void;
  /** Why the store takes no report or cannot be read; null if it does both. */
  away(): string | null;
  /** Removes this router from the list of routers and stops. Takes at most 1 s. Never rejects. */
  close(): Promise<void>;
}

/**
 * Keeps a router at the newest split, reports what it applies, and makes it stale when the store takes no
 * report for too long.
 */
export function keepRouting(options: RoutingOptions): KeptRouting {
  const keeper = new RoutingKeeper(options);
  return {
    ready: keeper.ready.promise,
    kick: () => keeper.presence.kick(),
    away: () => keeper.away,
    close: () => keeper.close(),
  };
}

/** One router of one feature: the log that it follows, its reports, the latch and the last split on its host. */
class RoutingKeeper {
  readonly ready = Promise.withResolvers<void>();
  readonly presence: Presence;
  /** Why the store takes no report or cannot be read; null if it does both. */
  away: string | null = null;
  readonly #options: RoutingOptions;
  readonly #stop = new AbortController();
  readonly #path: string | null;
  readonly #saving: ReturnType<typeof saver> | null;
  readonly #following: Promise<void>;
  readonly #looking: NodeJS.Timeout;
  #confirmedAt = 0;
  #isLatched = false;
  #running: Promise<void> | null = null;

  constructor(options: RoutingOptions) {
    this.#options = options;
    const {routing, store, label, folder, onTrouble} = options;
    const path = folder === null ? null : rememberedPath(folder, label, store.feature);
    this.#path = path;
    this.#saving =
      path === null ? null : saver(path, () => rememberedOf(routing, this.#confirmedAt), onTrouble);
    this.presence = this.#openPresence();
    this.#following = this.#follow();
    this.#looking = setInterval(() => void this.#lookAtLatch(), LOOK_AT_LATCH_EVERY_MS);
    this.#looking.unref();
  }

  async close(): Promise<void> {
    const {routing, store, name} = this.#options;
    this.#stop.abort();
    clearInterval(this.#looking);
    // A router that receives no news any more must not go on serving gray.
    routing.setStale(true);
    this.#changed();
    // A report under way must not arrive after the router has left the list.
    const leave = async () => {
      await this.#running;
      await store.leave(name).catch(() => undefined);
    };
    const done = Promise.all([leave(), this.#following, this.#saving?.end()]);
    await Promise.race([done, waitFor(LEAVES_WITHIN_MS)]);
    this.ready.resolve();
  }

  #openPresence(): Presence {
    const {routing, store, name, report = () => routing.report(name)} = this.#options;
    return new Presence({
      report: () => store.report(report()),
      refresh: async () => {
        const head = await store.head();
        if ((head?.version ?? 0) >= routing.version) routing.apply(head);
        this.#changed();
      },
      staleAfterMs: () => routing.split?.staleAfterMs ?? 0,
      onStale: isStale => {
        routing.setStale(isStale);
        this.#changed();
        if (isStale && routing.standing === 'stale')
          this.#tell('the store took no report of this router for too long: prod for everyone');
      },
      onConfirmed: () => {
        this.#confirmedAt = Date.now();
        this.#saving?.save();
        this.ready.resolve();
      },
      onAway: why => this.#setAway(why),
      steady: () => performance.now(),
    });
  }

  async #follow(): Promise<void> {
    const {routing, store} = this.#options;
    // Before the router obeys any split, it reads which releases this host has seen rolled back.
    await this.#lookAtLatch();
    const known = this.#path === null ? null : await readRemembered(this.#path);
    if (known !== null) {
      this.#confirmedAt = known.confirmedAt;
      routing.remember(known.rolledBack);
      routing.apply(known.commit);
      const ageMs = Date.now() - this.#confirmedAt;
      // If the clock went back, the age is unknown, so the remembered split counts as stale.
      if (ageMs >= 0) this.presence.rememberedFor(ageMs);
    }
    await followSplit(store, news => this.#receive(news), this.#stop.signal);
  }

  #receive(news: SplitNews): void {
    const {routing} = this.#options;
    if (news.type === 'broken') return this.#tell(`the log is broken: ${news.why}`);
    if (news.type === 'away') {
      this.#setAway(news.why);
      return this.presence.setReadable(false);
    }
    if (news.type === 'notice') {
      routing.setNoticed(news.isRollback);
      return this.#changed();
    }
    if (news.type === 'newest') {
      routing.apply(news.commit);
      this.#changed();
      this.#saving?.save();
    }
    this.presence.setReadable(true);
    this.#running ??= this.presence.run(this.#stop.signal);
  }

  async #lookAtLatch(): Promise<void> {
    const {routing, store, folder} = this.#options;
    if (folder === null) return;
    const reading = await readLatch(folder, store.feature);
    if (reading.kind === 'set') routing.remember([reading.latch.release]);
    if (reading.kind === 'damaged' && !this.#isLatched)
      this.#tell(`prod for everyone, because the latch of an offline rollback is damaged: ${reading.why}`);
    const isOver =
      reading.kind === 'set' && routing.known !== null && isAcknowledged(reading.latch, routing.known.split);
    // If the file cannot be removed, this router has read the commit all the same.
    if (isOver) await openLatch(folder, store.feature).catch(() => undefined);
    if (this.#isLatched === (reading.kind !== 'open' && !isOver)) return;
    this.#isLatched = !this.#isLatched;
    routing.setLatched(this.#isLatched);
    this.#changed();
    if (this.#running !== null) this.presence.kick();
  }

  #setAway(why: string | null): void {
    if (why !== null && this.away === null) this.#tell(why);
    this.away = why;
  }

  #changed(): void {
    this.#options.onChange?.();
  }

  #tell(what: string): void {
    this.#options.onTrouble(`${this.#options.store.feature}: ${what}`);
  }
}

function rememberedOf(routing: Routing, confirmedAt: number) {
  const {known} = routing;
  const commit = known === null ? null : {version: known.version, id: known.id, split: known.split};
  return {commit: commit?.version === 0 ? null : commit, rolledBack: routing.rolledBack, confirmedAt};
}

/** Writes the last split and the releases rolled back to a file, one write at a time and only the newest. */
function saver(
  path: string,
  read: () => ReturnType<typeof rememberedOf>,
  onTrouble: (what: string) => void,
): {save(): void; end(): Promise<void>} {
  let writing: Promise<void> | null = null;
  let isDue = false;
  let isEnded = false;
  let isReported = false;
  const write = async () => {
    while (isDue) {
      isDue = false;
      await writeRemembered(path, read()).catch((error: unknown) => {
        if (!isReported) onTrouble(`the last split was not saved to ${path}: ${String(error)}`);
        isReported = true;
      });
    }
    writing = null;
  };
  return {
    save() {
      if (isEnded) return;
      isDue = true;
      writing ??= write();
    },
    async end() {
      isEnded = true;
      await writing;
    },
  };
}

function waitFor(ms: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, ms).unref();
  });
}
