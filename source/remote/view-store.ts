import {setTimeout as pause} from 'node:timers/promises';
import type {Identity} from '../release/command.ts';
import {readFreezeEntry} from '../release/freeze.ts';
import type {KeptOutput} from '../release/step.ts';
import {StoreFault} from '../store/fault.ts';
import type {
  FeatureView,
  FeedbackEntry,
  Lease,
  RollUp,
  SampleEntry,
  SampleReader,
  StoredRouterReport,
  StoreHealth,
  StreamClocks,
  ViewStore,
} from '../store/port.ts';
import type {ServerConnection} from './connection.ts';
import {remoteLog} from './log.ts';

/** An answer about a feature is reused for requests of the same moment, milliseconds. */
const FRESH_MS = 250;
const AGAIN_MS = 500;
const IDENTITY: Identity = {name: 'token', shared: 'the server knows its name'};

interface Features {
  now: number;
  health: StoreHealth;
  kind: ViewStore['kind'];
  features: string[];
  freeze: unknown;
  /** Of the token. */
  scopes: string[];
}

interface FeatureState {
  now: number;
  routers: StoredRouterReport[];
  lease: Lease | null;
  summary: string | null;
  clocks: StreamClocks;
  lastSample: string;
}

/** Opens the store behind a `graydeck serve` for reading. @throws StoreFault where the server does not answer or know the token */
export async function openRemoteStore(server: ServerConnection, caution?: string): Promise<ViewStore> {
  const stop = new AbortController();
  let offsetMs = 0;
  const clockOf = (now: number, askedAt: number): void => {
    // The answer was made between question and arrival.
    offsetMs = now - (askedAt + Date.now()) / 2;
  };
  const features = async (): Promise<Features> => {
    const askedAt = Date.now();
    const {body} = await server.get('/api/v1/raw/features', {}, stop.signal);
    const read = body as unknown as Features;
    clockOf(read.now, askedAt);
    return read;
  };
  const {kind, scopes} = await features();
  return {
    kind,
    label: server.url,
    identity: IDENTITY,
    ...(scopes.includes('operate') ? {} : {hidesUsers: true as const}),
    ...(caution === undefined ? {} : {caution}),
    now: () => Math.round(Date.now() + offsetMs),
    async health() {
      const askedAt = performance.now();
      try {
        const {health} = await features();
        return health.state === 'up' ? {state: 'up', pingMs: performance.now() - askedAt} : health;
      } catch (error) {
        return {state: 'away', why: error instanceof Error ? error.message : String(error), sinceMs: 0};
      }
    },
    features: async () => (await features()).features,
    freezes: {
      async newest() {
        const {freeze} = await features();
        return freeze === null ? null : readFreezeEntry(freeze);
      },
    },
    feature: name => remoteFeature(server, name, stop.signal),
    close() {
      stop.abort();
      return Promise.resolve();
    },
  };
}

function remoteFeature(server: ServerConnection, feature: string, closed: AbortSignal): FeatureView {
  let asked: {at: number; state: Promise<FeatureState>} | null = null;
  const state = async (): Promise<FeatureState> => {
    if (asked === null || performance.now() - asked.at > FRESH_MS)
      asked = {at: performance.now(), state: ask<FeatureState>('state')};
    return await asked.state;
  };
  async function ask<T>(part: string, query: Record<string, string | number | undefined> = {}): Promise<T> {
    const {status, body} = await server.get(`/api/v1/raw/${part}`, {feature, ...query}, closed);
    if (status === 200) return body as T;
    if (part === 'state') return EMPTY as T;
    throw new StoreFault(
      'store-refused',
      `the server serves no feature ${feature}`,
      'graydeck start VERSION',
    );
  }
  return {
    feature,
    log: remoteLog(server, feature),
    samples: remoteSamples(server, feature, {closed, lastId: async () => (await state()).lastSample}),
    rollUps: {
      async read(kind, since, take) {
        const all: RollUp[] = [];
        let isWhole = false;
        await server.lines(
          '/api/v1/raw/rollups',
          {feature, kind, since: Math.max(0, Math.floor(since))},
          async line => {
            isWhole ||= 'end' in line;
            if (!Array.isArray(line)) return;
            if (take === undefined) all.push(...(line as RollUp[]));
            else await take(line as RollUp[]);
          },
          closed,
        );
        if (isWhole) return all;
        throw new StoreFault('store-unreachable', 'the server ended its answer early', 'try again');
      },
    },
    routers: {list: async () => (await state()).routers},
    lease: {read: async () => (await state()).lease},
    summary: {read: async () => (await state()).summary},
    streamClocks: async () => (await state()).clocks,
    feedback: {
      read: async (since, after) =>
        (await ask<{entries: FeedbackEntry[]}>('feedback', {since: Math.max(0, Math.floor(since)), after}))
          .entries,
    },
    outputs: {read: async () => (await ask<{outputs: KeptOutput[]}>('outputs')).outputs},
    // Links are made and read by consoles with a store.
    shares: {read: () => Promise.resolve(new Map<string, string>())},
  };
}

const EMPTY: FeatureState = {
  now: 0,
  routers: [],
  lease: null,
  summary: null,
  clocks: {samples: null, feedback: null},
  lastSample: '0-0',
};

function remoteSamples(
  server: ServerConnection,
  feature: string,
  {closed, lastId}: {closed: AbortSignal; lastId: () => Promise<string>},
): SampleReader {
  const path = '/api/v1/raw/samples';
  return {
    lastId,
    async history(sinceMs, onBatch, stopped) {
      let end: string | null = null;
      await server.lines(
        path,
        {feature, since: Math.max(0, Math.floor(sinceMs))},
        ({entries, end: last}) => {
          if (Array.isArray(entries)) onBatch(entries as SampleEntry[]);
          if (typeof last === 'string') end = last;
        },
        AbortSignal.any([stopped, closed]),
      );
      if (end !== null || stopped.aborted || closed.aborted) return end ?? '0-0';
      throw new StoreFault('store-unreachable', 'the server ended its answer early', 'try again');
    },
    async follow(afterId, onBatch, stopped, onStatus) {
      const signal = AbortSignal.any([stopped, closed]);
      let after = afterId;
      while (!signal.aborted) {
        let why = 'the server ended the stream of samples';
        await server
          .lines(
            path,
            {feature, after},
            ({entries, away}) => {
              if (typeof away === 'string') why = away;
              onStatus?.({away: typeof away === 'string' ? away : null});
              if (!Array.isArray(entries) || entries.length === 0) return;
              after = (entries as SampleEntry[]).at(-1)?.id ?? after;
              onBatch(entries as SampleEntry[]);
            },
            signal,
          )
          .catch((error: unknown) => {
            why = error instanceof Error ? error.message : String(error);
          });
        if (signal.aborted) return;
        onStatus?.({away: why});
        await pause(AGAIN_MS, undefined, {signal}).catch(() => undefined);
      }
    },
  };
}
