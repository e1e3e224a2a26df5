import {z} from 'zod';
import type {SecretSource} from '../../release/channel.ts';
import {address} from './address.ts';
import {prometheusSamples, type PrometheusSamples} from './prometheus-samples.ts';
import {secret} from './secret.ts';
import {durationBetween, filePath, line, matching} from '../yaml/leaf.ts';
import {bad, good, type Reading} from '../yaml/mistake.ts';
import {child, isMapping, isWritten, type YamlReader, type Spot} from '../yaml/reader.ts';
import {made, mapping, may, named, readBy} from '../yaml/tree.ts';
import {quote} from '../../text/quote.ts';

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
  /** Counters that are read in place of samples; null: samples come from the store. */
  samples: PrometheusSamples | null;
}

/** By the label `side`, with the names of the sides as values. */
export const DEFAULT_SIDES: PrometheusConfig['sides'] = {label: 'side', prod: ['prod'], gray: ['gray']};

const plainAddress = address(['http:', 'https:']);
/** An address whose query, if any, is sent with every question. */
const url = made(plainAddress, (text, at, reader) => {
  const taken = /[?&](?<name>query|time|timeout|start|end|step)=/u.exec(text)?.groups?.['name'];
  if (taken !== undefined)
    return reader.mistake(at, {
      message: `${taken}= in the address would change every question`,
      allowed: 'an address such as http://127.0.0.1:9090/prometheus?extra_label=team%3Dpay',
    });
  return text.includes('#')
    ? reader.mistake(at, {message: 'what follows # is never sent', allowed: 'the address without it'})
    : text;
});
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

const HEADER = /^[!#$%&'*+.^_`|~\dA-Za-z-]{1,128}$/u;
/** Names under which a secret is sent. */
const SECRET_HEADER = /authorization|cookie|token|secret|password|api-?key/iu;
const NOT_YOURS = /^(?:host|content-length|content-type|transfer-encoding|connection|upgrade|te|trailer)$/iu;

const headerName = readBy((value): Reading<string> => {
  const text = String(value);
  if (HEADER.test(text) && !NOT_YOURS.test(text)) return good(text);
  const what = HEADER.test(text) ? 'is set by the program itself' : 'is not the name of a header';
  return bad({message: `${quote(text)} ${what}`, allowed: 'X-Scope-OrgID'});
});

const HEADER_VALUE = 'one line of ASCII, "${NAME}" or {file: PATH}';
const headerText = readBy(
  (value): Reading<string> => {
    const text = line(1024).safeParse(value);
    return text.success && /^[\x20-\x7e]+$/u.test(text.data)
      ? good(text.data)
      : bad({message: 'this is not the value of a header', allowed: HEADER_VALUE});
  },
  {type: ['string', 'number']},
);

/** A secret where the name says so, or where the value refers to one. */
const headerValue = z.union([headerText, secret]).meta({
  form: HEADER_VALUE,
  choose: ({value, path}: Spot) => {
    const isSource = isMapping(value) || (typeof value === 'string' && /^\s*\$\{\w+\}\s*$/u.test(value));
    return isSource || SECRET_HEADER.test(String(path.at(-1))) ? secret : headerText;
  },
});

/** Tells of keys that only make sense together, or never together. */
function checkAccess(reader: YamlReader, at: Spot): void {
  const say = (key: string, message: string, allowed: string) =>
    reader.mistake(child(at, key), {message, allowed, found: key}, 'key');
  for (const pair of [['cert', 'key'] as const, ['user', 'password'] as const])
    for (const [key, other] of [pair, pair.toReversed() as [string, string]])
      if (isWritten(at, key) && !isWritten(at, other))
        say(key, `${key} needs ${other}`, `both ${key} and ${other}`);
  if (isWritten(at, 'token') && isWritten(at, 'user'))
    say('token', 'token and user cannot both be sent', 'token, or user and password');
}

/** `prometheus:` — its address, or a mapping with the address and how its series are labelled. */
export const prometheus = made(
  z.union([
    made(url, address => ({url: address})),
    mapping(
      {
        url: may(url, 'Address of Prometheus.', 'http://127.0.0.1:9090', '`--prometheus`'),
        token: may(
          secret,
          'Token that is sent as `Authorization: Bearer`.',
          '{file: /run/secrets/token}',
          'none',
        ),
        user: may(line(256), 'User that is sent as `Authorization: Basic`, with `password`.', 'deck', 'none'),
        password: may(secret, 'Password of `user`.', '"${PASSWORD}"', 'none'),
        headers: may(
          named(headerName, headerValue, {form: '{X-Scope-OrgID: payments}'}),
          'Headers that are sent with every question.',
          '{X-Scope-OrgID: payments}',
          'none',
        ),
        ca: may(filePath, 'PEM file of the authorities that sign the server.', 'ca.pem', "the system's"),
        cert: may(filePath, 'PEM file of the client certificate, with `key`.', 'deck.pem', 'none'),
        key: may(filePath, 'PEM file of the key of `cert`.', 'deck.key', 'none'),
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
        window: may(between(1000, 86_400_000, '2m'), 'Time that `{{window}}` stands for.', '2m', '2m'),
        samples: may(
          prometheusSamples,
          'Counters of Prometheus that are counted in place of the samples in the store.',
          '{requests: http_requests_total, duration: http_request_duration_seconds}',
          'samples of the store',
        ),
      },
      {
        alsoCalled: {
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
        },
      },
    ),
  ]),
  (keys, at, reader): PrometheusConfig => {
    checkAccess(reader, at);
    const fields: Partial<Extract<typeof keys, {every?: unknown}>> = keys;
    return {
      url: fields.url ?? null,
      token: fields.token ?? null,
      user: fields.user ?? null,
      password: fields.password ?? null,
      headers: fields.headers ?? {},
      tls: {ca: fields.ca ?? null, cert: fields.cert ?? null, key: fields.key ?? null},
      sides: fields.sides ?? DEFAULT_SIDES,
      labels: fields.labels ?? {},
      everyMs: fields.every ?? null,
      timeoutMs: fields.timeout ?? null,
      scrapeMs: fields.scrape ?? null,
      windowMs: fields.window ?? null,
      samples: fields.samples ?? null,
    };
  },
);
