import {z} from 'zod';
import type {SecretSource} from '../../release/channel.ts';
import {filePath} from '../yaml/leaf.ts';
import {child, isWritten, withoutUndefined} from '../yaml/reader.ts';
import {made, mapping, may, must} from '../yaml/tree.ts';
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
const path = (description: string, example: string) => may(filePath, description, example, 'none');
const keys = mapping(
  {
    url: must(STORE_ADDRESS, 'Address of the store.', 'redis://127.0.0.1:6379'),
    ca: path('PEM file of the authorities that sign the server.', 'tls/ca.pem'),
    cert: path('PEM file of the client certificate, with `key`.', 'tls/client.pem'),
    key: path('PEM file of the key of `cert`.', 'tls/client.key'),
    password: may(
      secret,
      'Password of the store.',
      '{file: /run/secrets/redis}',
      'none; `GRAYDECK_STORE_PASSWORD` only with `--config`',
    ),
    sentinelPassword: may(secret, 'Password of the sentinels.', '"${SENTINEL_PASSWORD}"', 'none'),
  },
  {
    alsoCalled: {
      address: 'url',
      sentinel_password: 'sentinelPassword',
      certificate: 'cert',
      authority: 'ca',
      cacert: 'ca',
    },
  },
);
const NONE = {ca: null, cert: null, key: null, password: null, sentinelPassword: null};

/** `store:`, an address or a mapping with the address, certificates and places of passwords. */
export const store = z.union([
  made(STORE_ADDRESS, (url): StoreConfig => ({url, ...NONE})),
  made(keys, ({url, ...others}, at, reader): StoreConfig | undefined => {
    if (url === undefined) return undefined;
    if (isWritten(at, 'cert') !== isWritten(at, 'key'))
      reader.mistake(at, {message: 'cert and key do not come together', allowed: '{cert: PATH, key: PATH}'});
    const wrong = misplaced(url).find(key => isWritten(at, key));
    if (wrong !== undefined)
      reader.mistake(
        child(at, wrong),
        {message: `${wrong} is not for a store of this kind`, allowed: 'no such line', found: wrong},
        'key',
      );
    return {url, ...NONE, ...withoutUndefined(others)};
  }),
]);

/** The keys that mean nothing for an address of this scheme. */
function misplaced(url: string): (keyof StoreConfig)[] {
  if (url.startsWith('$')) return [];
  const ofSentinels = url.startsWith('redis-sentinel:') ? [] : (['sentinelPassword'] as const);
  if (url.startsWith('sqlite:')) return ['ca', 'cert', 'key', 'password', ...ofSentinels];
  return url.startsWith('redis+unix:') ? ['ca', 'cert', 'key', ...ofSentinels] : [...ofSentinels];
}
