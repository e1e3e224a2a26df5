import {z} from 'zod';
import {plainText} from '../../text/plain-text.ts';
import {fault, type Answer} from './fault.ts';

/** A value at a moment of Prometheus' clock, milliseconds since 1970. */
export interface Point {
  at: number;
  value: number;
}

/** A bucket of a native histogram: from where to where, and its count. */
export type NativeBucket = readonly [from: number, to: number, count: number];

/** What a native histogram holds at a moment: counts since its process started. */
export interface NativeHistogram {
  count: number;
  buckets: readonly NativeBucket[];
}

/** A series with its points as they were scraped, oldest first; moments in milliseconds since 1970, Prometheus' clock. */
export interface RawSeries {
  labels: Readonly<Record<string, string>>;
  points: readonly Point[];
  histograms: readonly {at: number; histogram: NativeHistogram}[];
}

const WHY_WIDTH = 300;
/** Series named one by one where there are several. */
const MOST_NAMED = 3;

const labels = z.record(z.string(), z.string());
const pair = z.tuple([z.number(), z.string()]);
const nativeBucket = z.tuple([z.number(), z.string(), z.string(), z.string()]);
const native = z.tuple([z.number(), z.object({count: z.string(), buckets: z.array(nativeBucket).nullish()})]);
const DATA = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({metric: labels, value: pair.optional()})),
  }),
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({metric: labels, values: z.array(pair).nullish(), histograms: z.array(native).nullish()}),
    ),
  }),
  z.object({resultType: z.literal('scalar'), result: pair}),
  z.object({resultType: z.literal('string'), result: pair}),
]);
const notes = z.array(z.string()).nullish();
/** What Prometheus answers, whatever the status code. */
const DOCUMENT = z.discriminatedUnion('status', [
  z.object({status: z.literal('success'), data: DATA, warnings: notes}),
  z.object({status: z.literal('error'), errorType: z.string(), error: z.string(), warnings: notes}),
]);

type Data = z.output<typeof DATA>;

/** Reads an answer of the HTTP interface. @param status of HTTP */
export function readAnswer(status: number, body: string): Answer<Data> {
  if (status === 401 || status === 403)
    return fault('unauthorized', `it answers ${status}: token or password are wrong or missing`);
  const document = DOCUMENT.safeParse(parsed(body));
  if (!document.success) return notUnderstood(status);
  const warnings = (document.data.warnings ?? []).map(warning => plainText(warning, WHY_WIDTH));
  if (document.data.status === 'success') return {ok: true, value: document.data.data, warnings};
  const {errorType, error} = document.data;
  const why = plainText(error, WHY_WIDTH);
  if (errorType === 'timeout' || errorType === 'canceled')
    return fault('timeout', `it gave up: ${why}`, warnings);
  if (status >= 500 || status === 429) return fault('server-error', `it answers ${status}: ${why}`, warnings);
  return fault('bad-query', why, warnings);
}

/** The one value of an instant query. */
export function readPoint(answer: Answer<Data>): Answer<Point> {
  if (!answer.ok) return answer;
  const {value: data, warnings} = answer;
  switch (data.resultType) {
    case 'scalar':
      return pointOf(data.result, warnings);
    case 'string':
      return fault('bad-query', 'the query gives a text, not a number', warnings);
    case 'matrix':
      return fault('bad-query', 'the query gives a range: it lacks a function like rate(…[5m])', warnings);
    case 'vector': {
      const [first, ...others] = data.result;
      if (first === undefined) return fault('empty', 'the query finds no series', warnings);
      if (others.length > 0) return fault('several', severalText(data.result), warnings);
      if (first.value === undefined)
        return fault('bad-query', 'the query gives a histogram, not a number', warnings);
      return pointOf(first.value, warnings);
    }
  }
}

/** The one series of a range query, oldest first; what is not a number is left out. */
export function readPoints(answer: Answer<Data>): Answer<Point[]> {
  if (!answer.ok) return answer;
  const {value: data, warnings} = answer;
  if (data.resultType !== 'matrix') return fault('bad-query', 'the query gives no series', warnings);
  const [first, ...others] = data.result;
  if (first === undefined) return fault('empty', 'the query finds no series', warnings);
  if (others.length > 0) return fault('several', severalText(data.result), warnings);
  const points = (first.values ?? []).flatMap(([at, text]) => {
    const value = numberOf(text);
    return Number.isFinite(value) ? [{at: at * 1000, value}] : [];
  });
  return {ok: true, value: points, warnings};
}

/** Every series of a query with a range, `requests_total[1m]`, point by point as they were scraped. */
export function readSeries(answer: Answer<Data>): Answer<RawSeries[]> {
  if (!answer.ok) return answer;
  const {value: data, warnings} = answer;
  if (data.resultType !== 'matrix') return fault('bad-query', 'the query gives no series', warnings);
  const series = data.result.map(({metric, values, histograms}): RawSeries => ({
    labels: metric,
    points: (values ?? []).flatMap(([at, text]) => {
      const value = numberOf(text);
      return Number.isFinite(value) ? [{at: Math.round(at * 1000), value}] : [];
    }),
    histograms: (histograms ?? []).map(([at, {count, buckets}]) => ({
      at: Math.round(at * 1000),
      histogram: {
        count: numberOf(count),
        buckets: (buckets ?? []).map(
          ([, from, to, n]) => [numberOf(from), numberOf(to), numberOf(n)] as const,
        ),
      },
    })),
  }));
  return {ok: true, value: series, warnings};
}

/** Names the series by their labels, so that one sees by what to add them up. */
function severalText(series: readonly {metric: Record<string, string>}[]): string {
  const named = series
    .map(({metric}) => labelsText(metric))
    .sort()
    .slice(0, MOST_NAMED);
  const more = series.length - named.length;
  const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return plainText(`the query gives ${series.length} series, one is wanted: ${list}`, WHY_WIDTH);
}

function labelsText(metric: Record<string, string>): string {
  const pairs = Object.entries(metric).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.slice(0, 6).join(', ')}${pairs.length > 6 ? ', …' : ''}}`;
}

function pointOf([at, text]: [number, string], warnings: readonly string[]): Answer<Point> {
  const value = numberOf(text);
  if (Number.isNaN(value))
    return fault('nan', 'the value is not a number: is something divided by 0?', warnings);
  if (!Number.isFinite(value))
    return fault('inf', 'the value is infinite: is something divided by 0?', warnings);
  return {ok: true, value: {at: at * 1000, value}, warnings};
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return text.trim() === '' ? Number.NaN : Number(text);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function notUnderstood(status: number): Answer<never> {
  if (status >= 500 || status === 429) return fault('server-error', `it answers ${status}`);
  if (status >= 300 && status < 400)
    return fault('not-prometheus', `it answers ${status} and names another address, which is not followed`);
  const what = status === 200 ? 'not as Prometheus does' : `${status}`;
  return fault('not-prometheus', `it answers ${what}: is this the address of Prometheus itself?`);
}
