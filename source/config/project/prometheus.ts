import {z} from 'zod';
import {address} from './address.ts';
import {durationBetween, line, matching} from '../yaml/leaf.ts';
import {bad, good, quote, type Reading} from '../yaml/mistake.ts';
import {child, isWritten} from '../yaml/reader.ts';
import {made, mapping, may, named, readBy} from '../yaml/tree.ts';

/** Where Prometheus is and how it names things. Null: not written. */
export interface PrometheusConfig {
  /** May hold `${NAME}` for variables of the environment, never a password itself. */
  url: string | null;
  /** Which label tells the sides apart, and the values it has there. */
  sides: {label: string; prod: string[]; gray: string[]};
  /** Labels that every series behind `{{match}}` must have. */
  labels: Record<string, string>;
  /** Between two questions for a metric, milliseconds. */
  everyMs: number | null;
  timeoutMs: number | null;
  /** How often Prometheus scrapes, milliseconds. */
  scrapeMs: number | null;
  /** What `{{window}}` stands for, milliseconds. */
  windowMs: number | null;
}

/** By the label `side`, with the names of the sides as values. */
export const DEFAULT_SIDES: PrometheusConfig['sides'] = {label: 'side', prod: ['prod'], gray: ['gray']};

const url = address(['http:', 'https:']);
const A_LABEL = 'letters, digits and _, beginning with no digit: side';
const labelName = matching(text => /^[A-Za-z_]\w{0,127}$/u.test(text), 'the name of a label', A_LABEL);
const VALUES = 'stable, or [web-1:9100]';
const values = readBy(
  (value): Reading<string[]> => {
    const list = (Array.isArray(value) ? value : [value]).map(one => line(256).safeParse(one));
    const read = list.flatMap(one => (one.success ? [one.data] : []));
    return read.length === list.length && read.length > 0
      ? good(read)
      : bad({message: 'this is no value of a label, and no list of them', allowed: VALUES});
  },
  {type: ['string', 'number', 'array'], form: VALUES},
);

const sides = made(
  mapping(
    {
      label: may(labelName, 'Label that tells the sides apart.', 'track', 'side'),
      prod: may(values, 'Values of the label on prod.', 'stable', 'prod'),
      gray: may(values, 'Values of the label on gray.', 'canary', 'gray'),
    },
    {alsoCalled: {name: 'label', canary: 'gray', stable: 'prod'}},
  ),
  (keys, at, reader): PrometheusConfig['sides'] => {
    const {prod = DEFAULT_SIDES.prod, gray = DEFAULT_SIDES.gray} = keys;
    for (const [key, other] of [['prod', 'gray'] as const, ['gray', 'prod'] as const])
      if (isWritten(at, key) && !isWritten(at, other) && Array.isArray(child(at, key).value))
        reader.mistake(at, {
          message: `${key} is listed and ${other} is not`,
          allowed: 'a list for each side: {prod: [web-1:9100], gray: [web-2:9100]}',
        });
    const both = prod.find(value => gray.includes(value));
    if (both !== undefined)
      reader.mistake(at, {
        message: `${quote(both)} would be prod and gray`,
        allowed: 'values that tell the sides apart',
        found: quote(both),
      });
    const isListed = [child(at, 'prod').value, child(at, 'gray').value].some(Array.isArray);
    return {label: keys.label ?? (isListed ? 'instance' : DEFAULT_SIDES.label), prod, gray};
  },
);

const labels = named(labelName, line(256), {form: '{env: live, job: payments}'});

const between = (least: number, most: number, example: string) =>
  durationBetween(least, most, `from ${least / 1000} to ${most / 1000} seconds: ${example}`);

/** `prometheus:` — its address, or a mapping with the address and how its series are labelled. */
export const prometheus = made(
  z.union([
    made(url, address => ({url: address})),
    mapping(
      {
        url: may(url, 'Address of Prometheus.', 'http://127.0.0.1:9090', '`--prometheus`'),
        sides: may(
          sides,
          'How series tell the sides apart.',
          '{label: track, prod: stable, gray: canary}',
          '{label: side, prod: prod, gray: gray}',
        ),
        labels: may(labels, 'Labels that every series behind `{{match}}` has.', '{env: live}', 'none'),
        every: may(between(1000, 300_000, '5s'), 'Time between two questions for a metric.', '5s', '5s'),
        timeout: may(between(100, 60_000, '3s'), 'Time that an answer may take.', '3s', '3s'),
        scrape: may(between(1000, 3_600_000, '15s'), 'How often Prometheus scrapes.', '15s', '15s'),
        window: may(between(1000, 86_400_000, '2m'), 'Time that `{{window}}` stands for.', '2m', '4 scrapes'),
      },
      {
        alsoCalled: {
          address: 'url',
          side: 'sides',
          selector: 'labels',
          interval: 'every',
          scrape_interval: 'scrape',
          range: 'window',
        },
      },
    ),
  ]),
  (keys): PrometheusConfig => {
    const fields: Partial<Extract<typeof keys, {every?: unknown}>> = keys;
    return {
      url: fields.url ?? null,
      sides: fields.sides ?? DEFAULT_SIDES,
      labels: fields.labels ?? {},
      everyMs: fields.every ?? null,
      timeoutMs: fields.timeout ?? null,
      scrapeMs: fields.scrape ?? null,
      windowMs: fields.window ?? null,
    };
  },
);
