import type {SecretSource} from '../../release/channel.ts';
import {line} from '../yaml/leaf.ts';
import {child, isMapping, isWritten, type Reader, type Spot} from '../yaml/reader.ts';
import {address} from './address.ts';
import {secret} from './secret.ts';

/** The store of the project. Paths are as written, from the file's own folder. Null: not written. */
export interface StoreConfig {
  /** May hold `${NAME}` for variables of the environment, never a password itself. */
  url: string;
  /** PEM files: the authorities that the server is checked against, the client's certificate and its key. */
  ca: string | null;
  cert: string | null;
  key: string | null;
  password: SecretSource | null;
  sentinelPassword: SecretSource | null;
}

const STORE_ADDRESS = address([
  'sqlite:',
  'redis:',
  'rediss:',
  'redis+unix:',
  'redis-cluster:',
  'redis-sentinel:',
]);
const SHAPE = {
  url: STORE_ADDRESS,
  ca: line(1024),
  cert: line(1024),
  key: line(1024),
  password: secret,
  sentinelPassword: secret,
};
const OTHER_NAMES = {
  address: 'url',
  sentinel_password: 'sentinelPassword',
  certificate: 'cert',
  authority: 'ca',
  cacert: 'ca',
};

/** Reads `store:`, an address or a mapping with the address, certificates and where passwords are. */
export function readStore(reader: Reader, spot: Spot): StoreConfig | null {
  const none = {ca: null, cert: null, key: null, password: null, sentinelPassword: null};
  if (!isMapping(spot.value)) {
    const url = reader.field(spot, STORE_ADDRESS);
    return url === undefined ? null : {url, ...none};
  }
  const fields = reader.fields(spot, SHAPE, OTHER_NAMES) ?? {};
  reader.require(spot, {url: 'url: redis://127.0.0.1:6379'});
  const {url} = fields;
  if (url === undefined) return null;
  if (isWritten(spot, 'cert') !== isWritten(spot, 'key'))
    reader.mistake(spot, {message: 'cert and key do not come together', allowed: '{cert: PATH, key: PATH}'});
  const wrong = misplaced(url).find(key => isWritten(spot, key));
  if (wrong !== undefined)
    reader.mistake(
      child(spot, wrong),
      {message: `${wrong} is not for a store of this kind`, allowed: 'no such line', found: wrong},
      'key',
    );
  return {
    url,
    ca: fields.ca ?? null,
    cert: fields.cert ?? null,
    key: fields.key ?? null,
    password: fields.password ?? null,
    sentinelPassword: fields.sentinelPassword ?? null,
  };
}

/** The keys that mean nothing for an address of this scheme. */
function misplaced(url: string): (keyof typeof SHAPE)[] {
  if (url.startsWith('$')) return [];
  const ofSentinels = url.startsWith('redis-sentinel:') ? [] : (['sentinelPassword'] as const);
  if (url.startsWith('sqlite:')) return ['ca', 'cert', 'key', 'password', ...ofSentinels];
  return url.startsWith('redis+unix:') ? ['ca', 'cert', 'key', ...ofSentinels] : [...ofSentinels];
}
