import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {prometheusClient} from '../../../source/metrics/prometheus/client.ts';
import {Scrapes, type Interval} from '../../../source/metrics/prometheus/scrapes.ts';
import {eventually} from '../../patience.ts';
import {
  prometheusMissing,
  startPrometheus,
  startStand,
  type PrometheusServer,
  type Stand,
} from '../../servers/prometheus.ts';

/** Protocol buffers, as far as a native histogram needs them. */
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, value: readonly number[]): number[] => [
  ...varint(field * 8 + 2),
  ...varint(value.length),
  ...value,
];
const text = (field: number, value: string): number[] => bytes(field, [...Buffer.from(value)]);
const double = (field: number, value: number): number[] => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return [...varint(field * 8 + 1), ...new Uint8Array(view.buffer)];
};

/** A histogram of schema 0, whose buckets are powers of 2: counts of (0.5, 1], (1, 2] and (2, 4]. */
function exposed(counts: readonly [number, number, number]): Buffer {
  const [low, middle, high] = counts;
  const deltas = [low, middle - low, high - middle].flatMap(delta => varint(zigzag(delta)));
  const histogram = [
    ...number(1, low + middle + high),
    ...double(2, low + middle * 2 + high * 3),
    ...number(5, zigzag(0)),
    ...double(6, 1e-9),
    ...bytes(12, [...number(1, zigzag(0)), ...number(2, 3)]),
    ...bytes(13, deltas),
  ];
  const family = [
    ...text(1, 'took_seconds'),
    ...text(2, 'x'),
    ...number(3, 4),
    ...bytes(4, bytes(7, histogram)),
  ];
  return Buffer.from([...varint(family.length), ...family]);
}

describe.skipIf(prometheusMissing)('a native histogram in a real Prometheus', () => {
  let server: PrometheusServer;
  let target: Stand;
  const counts: [number, number, number] = [10, 20, 30];

  beforeAll(async () => {
    target = await startStand((_, response) => {
      response.setHeader(
        'content-type',
        'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
      );
      response.end(exposed(counts));
    });
    server = await startPrometheus({targets: [{address: target.address}], features: ['native-histograms']});
  });
  afterAll(async () => {
    await server?.dispose();
    await target?.close();
  });

  test('is counted bucket by bucket', async () => {
    const client = prometheusClient({url: server.url});
    const scrapes = new Scrapes('instance');
    const told: Interval[] = [];
    const read = async () => {
      const answer = await client.querySeries('took_seconds[1m]');
      if (!answer.ok) throw new Error(answer.fault.why);
      told.push(...scrapes.take([{side: 'gray', counts: 'times', series: answer.value}]));
      return answer.value;
    };
    await eventually(async () => expect((await read())[0]?.histograms.length).toBeGreaterThan(1));
    counts[0] += 5;
    counts[2] += 7;
    await eventually(async () => {
      await read();
      expect(told.flatMap(({times}) => times)).toEqual([
        {from: 0.5, to: 1, count: 5},
        {from: 2, to: 4, count: 7},
      ]);
    });
  });
});
