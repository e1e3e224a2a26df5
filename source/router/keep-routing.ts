import {isAcknowledged} from '../audience/latch.ts';
import {openLatch, readLatch} from './latch-file.ts';
import {followSplit, type SplitNews} from './follow-split.ts';
import type {RouterReport, RouterStore} from '../store/port.ts';
import {Presence} from './presence.ts';
import {readRemembered, rememberedPath, writeRemembered} from './remembered.ts';
import type {Routing} from './routing.ts';

const LOOK_AT_LATCH_EVERY_MS = 1000;
const LEAVES_WITHIN_MS = 1000;

/** What one router of one feature is kept by. */
export interface RoutingMeans {
  routing: Routing;
  store: RouterStore;
  /** The store's address without password, for the name of the file. */
  label: string;
  /** Name of this router in its reports: `sdk web-3/812-k2x9`. */
  name: string;
  /** Where the last split and an offline rollback lie; null: nowhere. */
  folder: string | null;
  /** What went wrong, for people; once each time it begins. */
  onTrouble(what: string): void;
  /** The split, or how far it is obeyed, may be another now. */
  onChange?(): void;
  /** What is said of this router, where applying takes more than knowing. */
  report?(): RouterReport;
}

/** A router that is kept up to date. */
export interface KeptRouting {
  /** Resolves once the newest split is known and the store has taken the report of it. */
  readonly ready: Promise<void>;
  /** Says soon what is applied: it is another than before. */
  kick(): void;
  /** Why the store does not take reports or cannot be read; null: it does. */
  away(): string | null;
  /** Takes itself off the list of routers, and stops. Never rejects. */
  close(): Promise<void>;
}

/** Keeps a router at the newest split, says what it applies, and lets it fall back when nobody hears it. */
export function keepRouting(means: RoutingMeans): KeptRouting {
  const {routing, store, label, name, folder, onTrouble} = means;
  const {onChange = () => undefined, report = () => routing.report(name)} = means;
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
        onTrouble(`${store.feature}: nobody hears this router: prod`);
    },
    onConfirmed: () => {
      confirmedAt = Date.now();
      save();
      ready.resolve();
    },
    onAway: setAway,
    steady: () => performance.now(),
  });
  const hear = (news: SplitNews) => {
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
        `${store.feature}: prod for everyone, the latch of an offline rollback is damaged: ${reading.why}`,
      );
    const isOver =
      reading.kind === 'set' && routing.known !== null && isAcknowledged(reading.latch, routing.known.split);
    // Who may not take the file away has read the commit all the same.
    if (isOver) await openLatch(folder, store.feature).catch(() => undefined);
    if (isLatched === (reading.kind !== 'open' && !isOver)) return;
    isLatched = !isLatched;
    routing.setLatched(isLatched);
    onChange();
    if (running !== null) presence.kick();
  };

  const following = (async () => {
    // Before any split is obeyed: what this host knows of releases taken back.
    await lookAtLatch();
    const known = path === null ? null : await readRemembered(path);
    if (known !== null) {
      ({confirmedAt} = known);
      routing.remember(known.rolledBack);
      routing.apply(known.commit);
      const ageMs = Date.now() - confirmedAt;
      // A clock that went back says nothing about how long ago it was.
      if (ageMs >= 0) presence.rememberedFor(ageMs);
    }
    await followSplit(store, hear, stop.signal);
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
      // Who hears of nothing any more must not go on as before.
      routing.setStale(true);
      onChange();
      // A report that is under way must not come after it has left.
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

/** Writes the newest that is to be remembered, one write at a time. */
function saver(
  path: string,
  read: () => ReturnType<typeof rememberedOf>,
  onTrouble: (what: string) => void,
): {save(): void; end(): Promise<void>} {
  let writing: Promise<void> | null = null;
  let isDue = false;
  let isEnded = false;
  let isTold = false;
  const write = async () => {
    while (isDue) {
      isDue = false;
      await writeRemembered(path, read()).catch((error: unknown) => {
        if (!isTold) onTrouble(`the last split cannot be remembered: ${String(error)}`);
        isTold = true;
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
