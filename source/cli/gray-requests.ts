import {MetricTable, REQUESTS} from '../analysis/metric-table.ts';
import {Sample} from '../analysis/sample.ts';
import {SampleParser} from '../metrics/sample.ts';
import type {SampleReader} from '../store/port.ts';

/** An answered request is told of within a flush of its app and a moment on the way; milliseconds. */
const LATE_MS = 2000;

/** How many requests gray answered since a moment, by the store's clock; null where gray measured nothing at all. */
export async function grayRequestsSince(
  samples: SampleReader,
  since: number,
  signal: AbortSignal,
): Promise<number | null> {
  const parser = new SampleParser(new MetricTable({}, 60));
  const sample = new Sample();
  let requests = 0;
  let isMeasured = false;
  await samples.history(
    since - LATE_MS,
    entries => {
      for (const {fields, at} of entries) {
        if (parser.parse(fields, at, sample) !== null) continue;
        isMeasured = true;
        if (sample.side !== 'gray' || sample.at - sample.age < since) continue;
        for (let index = 0; index < sample.length; index++) {
          if (sample.metrics[index]?.index === REQUESTS) requests += sample.values[index] ?? 0;
        }
      }
    },
    signal,
  );
  return isMeasured ? requests : null;
}
