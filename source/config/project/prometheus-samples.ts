import {z} from 'zod';
import {placeholdersOf, readTemplate, type QueryTemplate} from '../../analysis/query-template.ts';
import type {Side} from '../../analysis/numbers.ts';
import {bad, good, type Reading} from '../yaml/mistake.ts';
import {child} from '../yaml/reader.ts';
import {matching} from '../yaml/leaf.ts';
import {made, mapping, may, must, readBy} from '../yaml/tree.ts';
import {quote} from '../../text/quote.ts';

/** A selector of each side, as a template that names series and no function. */
export type SideSelectors = Record<Side, QueryTemplate>;

/** Which counters of Prometheus are counted in place of samples. Null: not counted. */
export interface PrometheusSamples {
  requests: SideSelectors;
  errors: SideSelectors | null;
  conversions: SideSelectors | null;
  /** Classic histograms by their buckets, native ones by their own name. */
  duration: {classic: SideSelectors; native: SideSelectors; unit: 's' | 'ms'} | null;
  /** Label that names an instance: one that serves requests and may fail by itself. */
  instance: string;
}

const FORM = 'a selector such as http_requests_total{job="pay"}';
const SIDES_FORM = `${FORM}, or {prod: …, gray: …} with one each`;
/** One selector: a name, matchers, or both; no function, operator, range or offset. */
const SELECTOR =
  /^\s*(?<name>[A-Za-z_:][\w:]*)?\s*(?:\{(?<matchers>(?:\{\{\s*\w+\s*\}\}|[^{}"'`]|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|`[^`]*`)*)\})?\s*$/u;
const TELLS_SIDES = ['side', 'match', 'version'] as const;

/** A selector as it is written, taken apart. */
interface Selector {
  name: string;
  matchers: string;
}

const selector = readBy(
  (value): Reading<Selector> => {
    const groups = typeof value === 'string' ? SELECTOR.exec(value)?.groups : undefined;
    const {name = '', matchers = ''} = groups ?? {};
    const isOne = groups !== undefined && (name !== '' || matchers.trim() !== '');
    const placed = readTemplate(textOf({name, matchers}));
    if (isOne && placed.ok) return good({name, matchers});
    if (isOne && !placed.ok) {
      const {message, allowed, found} = placed.problem;
      return bad({message, allowed, found: quote(found)});
    }
    const isQuery = typeof value === 'string' && /[()[\]]/u.test(value);
    const message = isQuery
      ? 'this is a query: series are counted as they are, without functions and ranges'
      : 'this is no selector of series';
    return bad({message, allowed: FORM, ...(typeof value === 'string' ? {found: quote(value)} : {})});
  },
  {type: 'string', form: FORM},
);

const PAIR = mapping(
  {
    prod: must(selector, 'Series of prod.', 'nginx_requests_total{upstream="app_prod"}'),
    gray: must(selector, 'Series of gray.', 'nginx_requests_total{upstream="app_gray"}'),
  },
  {title: 'selector of each side', alsoCalled: {stable: 'prod', canary: 'gray'}},
);

/** Which selector each side has, and whether one stands for both, so that a label tells the sides apart. */
type Selectors = Record<Side, Selector> & {isShared: boolean};

const selectors = z.union([
  made(selector, (one): Selectors => ({prod: one, gray: one, isShared: true})),
  made(PAIR, ({prod, gray}, at, reader): Selectors | undefined => {
    if (prod === undefined || gray === undefined) return undefined;
    if (textOf(prod) !== textOf(gray)) return {prod, gray, isShared: false};
    return reader.mistake(child(at, 'gray'), {
      message: 'prod and gray have the same selector: no request would tell the sides apart',
      allowed: 'one selector, and sides: with the label that tells them apart',
    });
  }),
]);

const instance = matching(
  text => /^[A-Za-z_]\w{0,127}$/u.test(text),
  'the name of a label',
  'letters, digits and _, beginning with no digit: pod',
);

/** `prometheus.samples:` */
export const prometheusSamples = made(
  mapping(
    {
      requests: must(
        selectors.meta({form: SIDES_FORM}),
        'Counters of requests. In `sides` stands the label that tells prod from gray.',
        'http_requests_total{job="pay"}',
      ),
      errors: may(
        selectors.meta({form: SIDES_FORM}),
        'Counters of the requests that failed.',
        'http_requests_total{job="pay", code=~"5.."}',
        'errors are not counted',
      ),
      conversions: may(
        selectors.meta({form: SIDES_FORM}),
        'Counters of conversions.',
        'orders_total{job="pay"}',
        'conversions are not counted',
      ),
      duration: may(
        selectors.meta({form: SIDES_FORM}),
        'Histograms of response times, classic or native, by their name without `_bucket`.',
        'http_request_duration_seconds{job="pay"}',
        'response times are not measured',
      ),
      unit: may(
        z.enum(['s', 'ms']),
        'Unit of the durations.',
        's',
        'ms if the name ends in _ms or _milliseconds, else s',
      ),
      instance: may(instance, 'Label that names the instance that served.', 'pod', 'instance'),
    },
    {
      alsoCalled: {
        total: 'requests',
        failures: 'errors',
        latency: 'duration',
        histogram: 'duration',
        pod: 'instance',
      },
    },
  ),
  (keys): PrometheusSamples | undefined => {
    const {requests, errors, conversions, duration, unit, instance: label = 'instance'} = keys;
    if (requests === undefined) return undefined;
    return {
      requests: templatesOf(requests),
      errors: errors === undefined ? null : templatesOf(errors),
      conversions: conversions === undefined ? null : templatesOf(conversions),
      duration: duration === undefined ? null : durationOf(duration, unit),
      instance: label,
    };
  },
);

function durationOf(
  read: Selectors,
  unit: 's' | 'ms' | undefined,
): NonNullable<PrometheusSamples['duration']> {
  const base = ({name, matchers}: Selector): Selector => ({name: name.replace(/_bucket$/u, ''), matchers});
  const native = {...read, prod: base(read.prod), gray: base(read.gray)};
  const bucket = ({name, matchers}: Selector): Selector => ({
    name: name === '' ? '' : `${name}_bucket`,
    matchers,
  });
  const classic = {...read, prod: bucket(native.prod), gray: bucket(native.gray)};
  const isMs = /_(?:ms|milliseconds)$/u.test(native.gray.name);
  return {
    classic: templatesOf(classic),
    native: templatesOf(native),
    unit: unit ?? (isMs ? 'ms' : 's'),
  };
}

function templatesOf({prod, gray, isShared}: Selectors): SideSelectors {
  return {prod: templateOf(prod, isShared), gray: templateOf(gray, isShared)};
}

/** Where one selector stands for both sides and names no placeholder that tells them apart, the label of `sides` does. */
function templateOf(read: Selector, isShared: boolean): QueryTemplate {
  const plain = template(textOf(read));
  const isTold = TELLS_SIDES.some(name => placeholdersOf(plain).has(name));
  if (!isShared || isTold) return plain;
  const {name, matchers} = read;
  const before = matchers.trim().replace(/,$/u, '');
  return template(`${name}{${before}${before === '' ? '' : ','}{{match}}}`);
}

function textOf({name, matchers}: Selector): string {
  return matchers.trim() === '' ? name : `${name}{${matchers}}`;
}

function template(text: string): QueryTemplate {
  const read = readTemplate(text);
  return read.ok ? read.template : {text, parts: [{kind: 'text', text}]};
}
