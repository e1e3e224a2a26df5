import {z} from 'zod';
import type {SecretSource} from '../../release/channel.ts';
import {address} from './address.ts';
import {secret} from './secret.ts';
import {readDuration} from '../duration.ts';
import {line} from '../yaml/leaf.ts';
import {bad, good, quote, type Problem, type Reading} from '../yaml/mistake.ts';
import {child, isMapping, isWritten, readBy, type Reader, type Spot} from '../yaml/reader.ts';

/** Where Prometheus is and how it names things. Null: not written. */
export interface PrometheusConfig {
  /** May hold `${NAME}` for variables of the environment, never a password itself. */
  url: string | null;
  /** Sent as `Authorization: Bearer`; null: none. */
  token: SecretSource | null;
  /** Sent with the password as `Authorization: Basic`; null: none. */
  user: string | null;
  password: SecretSource | null;
  /** Sent with every question; secrets stand elsewhere. */
  headers: Record<string, string | SecretSource>;
  /** Paths of PEM files, as written, from the file's own folder. */
  tls: {ca: string | null; cert: string | null; key: string | null};
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

const URL_SCHEMES = ['http:', 'https:'];
const A_LABEL = 'letters, digits and _, beginning with no digit: side';
const labelName = readBy((value): Reading<string> =>
  isLabel(value) ? good(value) : bad({message: 'this is not the name of a label', allowed: A_LABEL}),
);
const values = readBy((value): Reading<string[]> => {
  const list = (Array.isArray(value) ? value : [value]).map(one => line(256).safeParse(one));
  const read = list.flatMap(one => (one.success ? [one.data] : []));
  return read.length === list.length && read.length > 0
    ? good(read)
    : bad({message: 'this is no value of a label, and no list of them', allowed: 'stable, or [web-1:9100]'});
});
const SIDES_SHAPE = {label: labelName, prod: values, gray: values};

const SHAPE = {
  url: prometheusAddress(),
  token: secret,
  user: line(256),
  password: secret,
  headers: z.unknown(),
  ca: line(1024),
  cert: line(1024),
  key: line(1024),
  sides: z.unknown(),
  labels: z.unknown(),
  every: between(1000, 300_000, '5s'),
  timeout: between(100, 60_000, '3s'),
  scrape: between(1000, 3_600_000, '15s'),
  window: between(1000, 86_400_000, '2m'),
};
const OTHER_NAMES = {
  address: 'url',
  side: 'sides',
  selector: 'labels',
  interval: 'every',
  scrape_interval: 'scrape',
  range: 'window',
  bearer_token: 'token',
  username: 'user',
  header: 'headers',
  ca_file: 'ca',
  cert_file: 'cert',
  key_file: 'key',
};

/** `prometheus:` — its address, or a mapping with the address and how its series are labelled. */
export function readPrometheus(reader: Reader, spot: Spot): PrometheusConfig {
  const isAddress = !isMapping(spot.value);
  const fields = (isAddress ? null : reader.fields(spot, SHAPE, OTHER_NAMES)) ?? {};
  const url = isAddress ? reader.field(spot, prometheusAddress()) : fields.url;
  if (!isAddress) checkAccess(reader, spot);
  return {
    url: url ?? null,
    token: fields.token ?? null,
    user: fields.user ?? null,
    password: fields.password ?? null,
    headers: isWritten(spot, 'headers') ? readHeaders(reader, child(spot, 'headers')) : {},
    tls: {ca: fields.ca ?? null, cert: fields.cert ?? null, key: fields.key ?? null},
    sides: isWritten(spot, 'sides') ? readSides(reader, child(spot, 'sides')) : DEFAULT_SIDES,
    labels: isWritten(spot, 'labels') ? readLabels(reader, child(spot, 'labels')) : {},
    everyMs: fields.every ?? null,
    timeoutMs: fields.timeout ?? null,
    scrapeMs: fields.scrape ?? null,
    windowMs: fields.window ?? null,
  };
}

/** An address whose query, if any, is sent with every question. */
function prometheusAddress(): z.ZodType<string> {
  const plain = address(URL_SCHEMES);
  return readBy((value): Reading<string> => {
    const read = plain.safeParse(value);
    if (!read.success) {
      const [issue] = read.error.issues;
      const problem =
        issue?.code === 'custom' ? (issue.params?.['problem'] as Problem | undefined) : undefined;
      return bad(problem ?? {message: 'this is not an address', allowed: 'http://127.0.0.1:9090'});
    }
    const taken = /[?&](?<name>query|time|timeout|start|end|step)=/u.exec(read.data)?.groups?.['name'];
    if (taken !== undefined)
      return bad({
        message: `${taken}= in the address would change every question`,
        allowed: 'an address such as http://127.0.0.1:9090/prometheus?extra_label=team%3Dpay',
      });
    return read.data.includes('#')
      ? bad({message: 'what follows # is never sent', allowed: 'the address without it'})
      : good(read.data);
  });
}

function checkAccess(reader: Reader, spot: Spot): void {
  const together = (key: string, other: string) => {
    if (isWritten(spot, key) && !isWritten(spot, other))
      reader.mistake(
        child(spot, key),
        {message: `${key} needs ${other}`, allowed: `both ${key} and ${other}`, found: key},
        'key',
      );
  };
  together('cert', 'key');
  together('key', 'cert');
  together('user', 'password');
  together('password', 'user');
  if (isWritten(spot, 'token') && isWritten(spot, 'user'))
    reader.mistake(
      child(spot, 'token'),
      {message: 'token and user cannot both be sent', allowed: 'token, or user and password', found: 'token'},
      'key',
    );
}

const HEADER = /^[!#$%&'*+.^_`|~\dA-Za-z-]{1,128}$/u;
/** Names under which a secret is sent. */
const SECRET_HEADER = /authorization|cookie|token|secret|password|api-?key/iu;
const NOT_YOURS = /^(?:host|content-length|content-type|transfer-encoding|connection|upgrade|te|trailer)$/iu;

function readHeaders(reader: Reader, spot: Spot): PrometheusConfig['headers'] {
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {message: 'headers are a mapping', allowed: '{X-Scope-OrgID: payments}'});
    return {};
  }
  const headers = Object.keys(spot.value).flatMap((name): [string, string | SecretSource][] => {
    const at = child(spot, name);
    const found = quote(name);
    if (!HEADER.test(name) || NOT_YOURS.test(name)) {
      const message = HEADER.test(name)
        ? `${found} is set by the program itself`
        : `${found} is not the name of a header`;
      reader.mistake(at, {message, allowed: 'X-Scope-OrgID', found}, 'key');
      return [];
    }
    const isSource =
      isMapping(at.value) || (typeof at.value === 'string' && /^\s*\$\{\w+\}\s*$/u.test(at.value));
    const value: string | SecretSource | undefined =
      isSource || SECRET_HEADER.test(name) ? reader.field(at, secret) : reader.field(at, headerValue);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(headers);
}

const headerValue = readBy((value): Reading<string> => {
  const text = line(1024).safeParse(value);
  return text.success && /^[\x20-\x7e]+$/u.test(text.data)
    ? good(text.data)
    : bad({
        message: 'this is not the value of a header',
        allowed: 'one line of ASCII, "${NAME}" or {file: PATH}',
      });
});

function readSides(reader: Reader, spot: Spot): PrometheusConfig['sides'] {
  const fields = reader.fields(spot, SIDES_SHAPE, {name: 'label', canary: 'gray', stable: 'prod'});
  if (fields === null) return DEFAULT_SIDES;
  const {prod = DEFAULT_SIDES.prod, gray = DEFAULT_SIDES.gray} = fields;
  for (const [key, other] of [['prod', 'gray'] as const, ['gray', 'prod'] as const])
    if (isWritten(spot, key) && !isWritten(spot, other) && Array.isArray(child(spot, key).value))
      reader.mistake(spot, {
        message: `${key} is listed and ${other} is not`,
        allowed: 'a list for each side: {prod: [web-1:9100], gray: [web-2:9100]}',
      });
  const both = prod.find(value => gray.includes(value));
  if (both !== undefined)
    reader.mistake(spot, {
      message: `${quote(both)} would be prod and gray`,
      allowed: 'values that tell the sides apart',
      found: quote(both),
    });
  const isListed = [child(spot, 'prod').value, child(spot, 'gray').value].some(Array.isArray);
  return {label: fields.label ?? (isListed ? 'instance' : DEFAULT_SIDES.label), prod, gray};
}

function readLabels(reader: Reader, spot: Spot): Record<string, string> {
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {message: 'labels are a mapping', allowed: '{env: live, job: payments}'});
    return {};
  }
  const labels = Object.keys(spot.value).flatMap((key): [string, string][] => {
    const at = child(spot, key);
    if (!isLabel(key))
      reader.mistake(
        at,
        {message: `${quote(key)} is not the name of a label`, allowed: A_LABEL, found: quote(key)},
        'key',
      );
    const value = reader.field(at, line(256));
    return value === undefined || !isLabel(key) ? [] : [[key, value]];
  });
  return Object.fromEntries(labels);
}

function isLabel(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z_]\w{0,127}$/u.test(value);
}

function between(least: number, most: number, example: string): z.ZodType<number> {
  return readBy((value): Reading<number> => {
    const reading = readDuration(value);
    if (!reading.ok || (reading.value >= least && reading.value <= most)) return reading;
    const message = reading.value < least ? 'this is too short' : 'this is too long';
    return bad({message, allowed: `from ${least / 1000} to ${most / 1000} seconds: ${example}`});
  });
}
