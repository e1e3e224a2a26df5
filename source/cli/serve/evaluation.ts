import {hostname} from 'node:os';
import {Deck} from '../../sdk/deck.ts';
import type {Feature} from '../../sdk/feature.ts';
import type {EvaluatedFeature, Evaluation} from '../../server/ofrep.ts';
import type {RoutingStore} from '../../store/port.ts';

/** Features that clients may evaluate by OFREP. */
export interface OpenedEvaluation extends Evaluation {
  /** Begins to follow the splits of a feature, and waits at most 3 s for the first. */
  open(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface EvaluationOptions {
  open: () => Promise<RoutingStore>;
  /** The store's address without password. */
  label: string;
  say(line: string): void;
  /** Folder of the last splits; absent: the user's state folder. */
  stateFolder?: string | false;
}

/**
 * Makes this process a router like every application with the SDK: it follows the splits, reports what it applies, gives prod
 * if the store takes no report, and obeys an offline rollback on this host.
 */
export function openEvaluation({open, label, say, stateFolder}: EvaluationOptions): OpenedEvaluation {
  const options = {instance: `serve ${hostname()}/${process.pid}`, onTrouble: say};
  const deck = new Deck(stateFolder === undefined ? options : {...options, stateFolder}, label, open);
  const opened = new Map<string, EvaluatedFeature>();
  const watchers = new Set<() => void>();
  return {
    names: () => [...opened.keys()],
    get: name => opened.get(name) ?? null,
    watch(onChange) {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
    async open(name) {
      if (opened.has(name)) return;
      const feature = deck.feature(name);
      await feature.ready();
      opened.set(
        name,
        evaluated(feature, () => {
          for (const onChange of watchers) onChange();
        }),
      );
      for (const onChange of watchers) onChange();
    },
    close: () => deck.close(),
  };
}

function evaluated(feature: Feature, onChange: () => void): EvaluatedFeature {
  let {since, bucketBy} = feature.health();
  feature.watch(() => {
    ({since, bucketBy} = feature.health());
    onChange();
  });
  return {
    name: feature.name,
    decide: user => feature.decide(user),
    count: decision => feature.record(decision, {routed: 1}),
    since: () => since,
    bucketBy: () => bucketBy,
  };
}
