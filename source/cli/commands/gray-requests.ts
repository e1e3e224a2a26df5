import {MetricTable, REQUESTS} from '../../analysis/metric-table.ts';
import {Sample} from '../../analysis/sample.ts';
import {SampleParser} from '../../metrics/sample.ts';
import type {SampleReader} from '../../store/port.ts';

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
        const share = shareSince(since, sample);
        if (sample.side !== 'gray' || share === 0) continue;
        for (let index = 0; index < sample.length; index++) {
          if (sample.metrics[index]?.index === REQUESTS)
            requests += Math.ceil((sample.values[index] ?? 0) * share);
        }
      }
    },
    signal,
  );
  return isMeasured ? requests : null;
}

/** How much of a batch was measured since a moment: its age counts from its middle, so it began twice that ago. */
function shareSince(since: number, {at, age}: Pick<Sample, 'at' | 'age'>): number {
  if (at <= since) return 0;
  const lasted = 2 * age;
  return lasted > 0 ? Math.min(1, (at - since) / lasted) : 1;
}
