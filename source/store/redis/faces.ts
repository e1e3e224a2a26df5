import type {FeatureStore, FeatureView, RouterStore} from '../port.ts';
import type {Bells} from './bell.ts';
import type {StoreClock} from './clock.ts';
import {feedbackReader, writeFeedback} from './feedback.ts';
import {keysOf} from './keys.ts';
import {leaseKeeper, leaseReader} from './lease.ts';
import type {Line} from './line.ts';
import {logReader, logSource, logWriter} from './log.ts';
import {rollUpReader, rollUpWriter} from './roll-ups.ts';
import {outputReader, writeOutput} from './outputs.ts';
import {keptRouterRegistry, leave, report, routerRegistry} from './routers.ts';
import {sampleReader, sampleWriter} from './samples.ts';
import {shareKeeper, shareReader} from './shares.ts';
import {summaryKeeper, summaryReader} from './summary.ts';
import {mendStreams, readStreamClocks} from './streams.ts';

/** What the parts of a feature are made of. */
export interface Means {
  line: Line;
  clock: StoreClock;
  bells: Bells;
}

/** Made of readers alone: there is no method in it that writes. */
export function featureView({line, clock, bells}: Means, feature: string): FeatureView {
  const keys = keysOf(feature);
  return {
    feature,
    log: logReader(line, logSource(line, bells, keys)),
    samples: sampleReader(line, clock, keys.metrics),
    rollUps: rollUpReader(line, keys),
    routers: routerRegistry(line, clock, keys),
    feedback: feedbackReader(line, clock, keys.feedback),
    outputs: outputReader(line, keys.output),
    shares: shareReader(line, keys),
    summary: summaryReader(line, keys),
    lease: leaseReader(line, keys),
    streamClocks: () => readStreamClocks(line, keys),
  };
}

export function featureStore({line, clock, bells}: Means, feature: string): FeatureStore {
  const keys = keysOf(feature);
  const source = logSource(line, bells, keys);
  return {
    feature,
    log: {...logReader(line, source), ...logWriter(line, keys, feature)},
    samples: {...sampleReader(line, clock, keys.metrics), ...sampleWriter(line, clock, keys.metrics)},
    rollUps: {...rollUpReader(line, keys), ...rollUpWriter(line, clock, keys)},
    routers: keptRouterRegistry(line, clock, keys),
    feedback: {
      ...feedbackReader(line, clock, keys.feedback),
      write: text => writeFeedback(line, clock, keys.feedback, text),
    },
    outputs: {
      ...outputReader(line, keys.output),
      write: output => writeOutput(line, keys.output, output),
    },
    shares: shareKeeper(line, keys),
    summary: summaryKeeper(line, keys),
    lease: leaseKeeper(line, keys),
    streamClocks: () => readStreamClocks(line, keys),
    mendStreams: () => mendStreams(line, keys),
  };
}

export function routerStore({line, clock, bells}: Means, feature: string): RouterStore {
  const keys = keysOf(feature);
  const {head, follow} = logReader(line, logSource(line, bells, keys));
  const samples = sampleWriter(line, clock, keys.metrics);
  return {
    feature,
    head,
    follow,
    report: said => report(line, clock, keys, said),
    leave: name => leave(line, keys, name),
    writeSamples: (entries, keepMs) => samples.write(entries, keepMs),
    writeFeedback: text => writeFeedback(line, clock, keys.feedback, text),
  };
}
