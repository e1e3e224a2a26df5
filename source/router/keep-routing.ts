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
  const {routing, store, label, name, folder, onTrouble} = options;
  const {onChange = () => undefined, report = () => routing.report(name)} = options;
  const stop = new AbortController();
  const ready = Promise.withResolvers<void>();
  const path = folder === null ? null : rememberedPath(folder, label, store.feature);
  let confirmedAt = 0;
  let away: string | null = null;
  let isLatched = false;
  let running: Promise<void> | null = null;

  const saving = path === null ? null : saver(path, () => rememberedOf(routing, confirmedAt), onTrouble);
  const save = () => saving?.save();
  const setAway = (why: string | null) => {
    if (why !== null && away === null) onTrouble(`${store.feature}: ${why}`);
    away = why;
  };
  const presence = new Presence({
    report: () => store.report(report()),
    refresh: async () => {
      const head = await store.head();
      if ((head?.version ?? 0) >= routing.version) routing.apply(head);
      onChange();
    },
    staleAfterMs: () => routing.split?.staleAfterMs ?? 0,
    onStale: isStale => {
      routing.setStale(isStale);
      onChange();
      if (isStale && routing.standing === 'stale')
        onTrouble(
          `${store.feature}: the store took no report of this router for too long: prod for everyone`,
        );
    },
    onConfirmed: () => {
      confirmedAt = Date.now();
      save();
      ready.resolve();
    },
    onAway: setAway,
    steady: () => performance.now(),
  });
  const receive = (news: SplitNews) => {
    if (news.type === 'broken') return onTrouble(`${store.feature}: the log is broken: ${news.why}`);
    if (news.type === 'away') {
      setAway(news.why);
      return presence.setReadable(false);
    }
    if (news.type === 'notice') {
      routing.setNoticed(news.isRollback);
      return onChange();
    }
    if (news.type === 'newest') {
      routing.apply(news.commit);
      onChange();
      save();
    }
    presence.setReadable(true);
    running ??= presence.run(stop.signal);
  };
  const lookAtLatch = async () => {
    if (folder === null) return;
    const reading = await readLatch(folder, store.feature);
    if (reading.kind === 'set') routing.remember([reading.latch.release]);
    if (reading.kind === 'damaged' && !isLatched)
      onTrouble(
        `${store.feature}: prod for everyone, because the latch of an offline rollback is damaged: ${reading.why}`,
      );
    const isOver =
      reading.kind === 'set' && routing.known !== null && isAcknowledged(reading.latch, routing.known.split);
    // If the file cannot be removed, this router has read the commit all the same.
    if (isOver) await openLatch(folder, store.feature).catch(() => undefined);
    if (isLatched === (reading.kind !== 'open' && !isOver)) return;
    isLatched = !isLatched;
    routing.setLatched(isLatched);
    onChange();
    if (running !== null) presence.kick();
  };

  const following = (async () => {
    // Before the router obeys any split, it reads which releases this host has seen rolled back.
    await lookAtLatch();
    const known = path === null ? null : await readRemembered(path);
    if (known !== null) {
      ({confirmedAt} = known);
      routing.remember(known.rolledBack);
      routing.apply(known.commit);
      const ageMs = Date.now() - confirmedAt;
      // If the clock went back, the age is unknown, so the remembered split counts as stale.
      if (ageMs >= 0) presence.rememberedFor(ageMs);
    }
    await followSplit(store, receive, stop.signal);
  })();
  const looking = setInterval(() => void lookAtLatch(), LOOK_AT_LATCH_EVERY_MS);
  looking.unref();

  return {
    ready: ready.promise,
    kick: () => presence.kick(),
    away: () => away,
    async close() {
      stop.abort();
      clearInterval(looking);
      // A router that receives no news any more must not go on serving gray.
      routing.setStale(true);
      onChange();
      // A report under way must not arrive after the router has left the list.
      const leave = async () => {
        await running;
        await store.leave(name).catch(() => undefined);
      };
      await Promise.race([Promise.all([leave(), following, saving?.end()]), waitFor(LEAVES_WITHIN_MS)]);
      ready.resolve();
    },
  };
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
