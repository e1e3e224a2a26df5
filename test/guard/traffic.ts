import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import type {Controller} from '../../source/controller/outcome.ts';
import type {FeatureStore} from '../../source/store/port.ts';

/** What a side of the service does now. */
export interface Health {
  /** Part of the requests that fail, 0–1. */
  errors: number;
  /** Milliseconds. */
  time: number;
  /** Part of the requests that are not answered, 0–1; null: nobody counts them. */
  unavailable: number | null;
  /** Part of the requests that convert, 0–1. */
  conversions: number;
}

const WELL: Health = {errors: 0, time: 80, unavailable: 0, conversions: 0.05};
const EVERY_MS = 250;
/** Requests of both sides in that time. */
const REQUESTS = 1000;

/** An app without an SDK: places people by the newest split, measures them four times a second. */
export class Traffic {
  readonly prod: Health = {...WELL};
  readonly gray: Health = {...WELL};
  /** It measures nothing while it is silent. */
  isSilent = false;
  readonly #controller: Controller;
  readonly #samples: FeatureStore['samples'];
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(controller: Controller, {samples}: FeatureStore) {
    this.#controller = controller;
    this.#samples = samples;
    this.#timer = setInterval(() => {
      this.#writing = this.#flush();
    }, EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
  }

  async #flush(): Promise<void> {
    if (this.isSilent) return;
    const {split} = this.#controller.snapshot();
    const gray = Math.round((REQUESTS * split.percent) / 100);
    const entries = [
      ...entry('prod', REQUESTS - gray, this.prod),
      ...entry('gray', split.live ? Math.max(1, gray) : 0, this.gray),
    ];
    // A store that is away loses what was measured meanwhile.
    await this.#samples.write(entries).catch(() => undefined);
  }
}

function entry(side: string, requests: number, {errors, time, unavailable, conversions}: Health): string[][] {
  if (requests === 0) return [];
  const times = new LogHistogram();
  times.add(time, requests);
  const counts = {
    requests,
    errors: Math.round(requests * errors),
    ...(unavailable === null ? {} : {unavailable: Math.round(requests * unavailable)}),
    conversions: Math.round(requests * conversions),
    response_time: times.encode(),
  };
  return [['side', side, ...Object.entries(counts).flatMap(([name, value]) => [name, String(value)])]];
}
