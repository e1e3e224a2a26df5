import {z} from 'zod';
import {oneOf} from '../yaml/leaf.ts';
import type {Fields, Reader, Shape, Spot} from '../yaml/reader.ts';

export const KINDS = ['slack', 'mail', 'sms', 'webhook'] as const;

/** What every channel may say. */
export const ROUTE_SHAPE = {
  kind: oneOf(KINDS),
  level: oneOf(['info', 'warning', 'critical']),
  features: z.unknown(),
};

const OTHER_NAMES = {
  type: 'kind',
  min_level: 'level',
  severity: 'level',
  webhook: 'url',
  webhook_url: 'url',
  smtp: 'server',
  host: 'server',
  recipients: 'to',
  sender: 'from',
  shape: 'gateway',
  provider: 'gateway',
  account: 'user',
  api_key: 'token',
  key: 'secret',
};

/** The fields of a channel; null: it is no mapping. What is missing is told with an example of the line. */
export function channelFields<S extends Shape>(
  reader: Reader,
  at: Spot,
  shape: S,
  examples: Readonly<Record<string, string>>,
): Fields<S> | null {
  const fields = reader.fields(at, shape, OTHER_NAMES);
  if (fields !== null) reader.require(at, examples);
  return fields;
}
