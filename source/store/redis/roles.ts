import type {FeatureStore, FeatureView, RouterStore} from '../port.ts';
import type {Notifications} from './notifications.ts';
import type {StoreClock} from './clock.ts';
import {
  feedbackReader,
  outputReader,
  shareKeeper,
  shareReader,
  summaryKeeper,
  summaryReader,
  writeFeedback,
  writeOutput,
} from './documents.ts';
import {keysOf} from './keys.ts';
import {leaseKeeper, leaseReader} from './lease.ts';
import type {RedisClient} from './client.ts';
import {logReader, logSource, logWriter} from './log.ts';
import {rollUpReader, rollUpWriter, sampleReader, sampleWriter} from './samples.ts';
import {keptRouterRegistry, leave, report, routerRegistry} from './routers.ts';
import {mendStreams, readStreamClocks} from './streams.ts';

/** The parts of an open store that features share. */
export interface StoreParts {
  client: RedisClient;
  clock: StoreClock;
  notifications: Notifications;
}

/** Consists of readers: it has no method that writes. */
export function featureView({client, clock, notifications}: StoreParts, feature: string): FeatureView {
  const keys = keysOf(feature);
  return {
    feature,
    log: logReader(client, logSource(client, notifications, keys)),
    samples: sampleReader(client, clock, keys.metrics),
    rollUps: rollUpReader(client, keys),
    routers: routerRegistry(client, clock, keys),
    feedback: feedbackReader(client, clock, keys.feedback),
    outputs: outputReader(client, keys.output),
    shares: shareReader(client, keys),
    summary: summaryReader(client, keys),
    lease: leaseReader(client, keys),
    streamClocks: () => readStreamClocks(client, keys),
  };
}

export function featureStore({client, clock, notifications}: StoreParts, feature: string): FeatureStore {
  const keys = keysOf(feature);
  const source = logSource(client, notifications, keys);
  return {
    feature,
    log: {...logReader(client, source), ...logWriter(client, keys, feature)},
    samples: {...sampleReader(client, clock, keys.metrics), ...sampleWriter(client, clock, keys.metrics)},
    rollUps: {...rollUpReader(client, keys), ...rollUpWriter(client, clock, keys)},
    routers: keptRouterRegistry(client, clock, keys),
    feedback: {
      ...feedbackReader(client, clock, keys.feedback),
      write: text => writeFeedback(client, clock, keys.feedback, text),
    },
    outputs: {
      ...outputReader(client, keys.output),
      write: output => writeOutput(client, keys.output, output),
    },
    shares: shareKeeper(client, keys),
    summary: summaryKeeper(client, keys),
    lease: leaseKeeper(client, keys),
    streamClocks: () => readStreamClocks(client, keys),
    mendStreams: () => mendStreams(client, keys),
  };
}

export function routerStore({client, clock, notifications}: StoreParts, feature: string): RouterStore {
  const keys = keysOf(feature);
  const {head, follow} = logReader(client, logSource(client, notifications, keys));
  const samples = sampleWriter(client, clock, keys.metrics);
  return {
    feature,
    head,
    follow,
    report: said => report(client, clock, keys, said),
    leave: name => leave(client, keys, name),
    writeSamples: (entries, keepMs) => samples.write(entries, keepMs),
    writeFeedback: text => writeFeedback(client, clock, keys.feedback, text),
  };
}
