import {StoreFault, type StoreFaultCode} from '../fault.ts';
import type {StoreRole} from '../port.ts';
import {own} from '../../release/name.ts';

/** An error that the server answered with. Holds the name and key of the command, never its other arguments. */
export class CommandError extends Error {
  readonly command: string;
  readonly key: string | null;

  constructor(message: string, command: string, key: string | null) {
    super(message);
    this.command = command;
    this.key = key;
  }
}

/** Whether the server says that it is a replica. It has not carried out the write. */
export function saysReplica({message}: Pick<Error, 'message'>): boolean {
  return message.startsWith('READONLY');
}

/** There is no connection, or it broke. It is not known whether the server carried out the command. */
export class ConnectionLost extends Error {
  /** The server did not answer in time. To ask again at once does not help. */
  readonly silent: boolean;
  /** A command may have reached the server before the connection was lost. */
  readonly sent: boolean;

  constructor(message: string, {silent = false, sent = false} = {}) {
    super(message);
    this.silent = silent;
    this.sent = sent;
  }
}

/** The store and the role it was opened for, for the text of a fault. */
export interface Whereabouts {
  label: string;
  role: StoreRole;
}

type Words = readonly [code: StoreFaultCode, sentence: string, hint: string];

/** Makes a `StoreFault` of an error. A `StoreFault` is returned unchanged. No text of it holds a password. */
export function toFault(error: unknown, {label, role}: Whereabouts): StoreFault {
  if (error instanceof StoreFault) return error;
  const [code, sentence, hint] =
    error instanceof CommandError ? refusal(error, label, role) : absence(messageOf(error), label);
  return new StoreFault(code, sentence, hint, error);
}

export function tooOld(version: string, label: string): StoreFault {
  return new StoreFault(
    'store-not-ours',
    `The store at ${label} is Redis ${version}; Redis 7.0 or newer is needed.`,
    'Rights that let an application write samples but not the log exist from Redis 7.0 on. Upgrade the server.',
  );
}

function refusal(error: CommandError, label: string, role: StoreRole): Words {
  const {message} = error;
  const code = /^[A-Z]+/.exec(message)?.[0] ?? '';
  const known = own(REFUSALS, code)?.(label, error);
  if (known !== undefined) return known;
  if (isNoRights(message)) return noRights(error, label, role);
  if (message.includes('DB index is out of range') || message.includes('SELECT is not allowed')) {
    return [
      'store-bad-url',
      `The store at ${label} has no such database.`,
      'Use another number after the last "/".',
    ];
  }
  return [
    'store-refused',
    `The store at ${label} refused ${error.command}: ${plain(message)}.`,
    'Look into the log of the server.',
  ];
}

const REFUSALS: Record<string, (label: string, error: CommandError) => Words> = {
  NOAUTH: label => [
    'store-no-rights',
    `The store at ${label} wants a password, and none was given.`,
    'Set GRAYDECK_STORE_PASSWORD and GRAYDECK_STORE, or write password: {file: PATH} under store: in graydeck.yaml.',
  ],
  WRONGPASS: label => [
    'store-no-rights',
    `The store at ${label} does not accept this user and password.`,
    'Check the user in the address, and GRAYDECK_STORE_PASSWORD or the password file.',
  ],
  OOM: label => [
    'store-full',
    `The memory of the store at ${label} is full.`,
    'Raise maxmemory, or free memory. Commits that expose fewer users are still written; samples are not.',
  ],
  READONLY: label => [
    'store-refused',
    `The store at ${label} is a replica: it can be read, not written.`,
    'Give the address of the primary, or of its sentinels: redis-sentinel://…',
  ],
  LOADING: label => [
    'store-refused',
    `The store at ${label} is still loading its data.`,
    'Wait a moment; it answers by itself once it is done.',
  ],
  MISCONF: label => [
    'store-refused',
    `The store at ${label} takes no writes because it cannot save to its disk.`,
    'Free or repair the disk of the server; the reason stands in its log.',
  ],
  MASTERDOWN: label => [
    'store-refused',
    `The store at ${label} is a replica that has lost its primary.`,
    'Give the address of the primary, or of its sentinels: redis-sentinel://…',
  ],
  NOREPLICAS: label => [
    'store-refused',
    `The store at ${label} takes no writes because too few replicas follow it.`,
    'Bring the replicas back, or lower min-replicas-to-write.',
  ],
  BUSY: label => [
    'store-refused',
    `The store at ${label} is held up by a script that does not end.`,
    'On the server: SCRIPT KILL.',
  ],
  CLUSTERDOWN: label => [
    'store-refused',
    `The cluster at ${label} does not serve this feature now.`,
    'Bring its nodes back: CLUSTER INFO says what is missing.',
  ],
  MOVED: label => [
    'store-refused',
    `The store at ${label} is one node of a cluster.`,
    'Write the address as redis-cluster://host:port,host:port.',
  ],
  DENIED: label => [
    'store-no-rights',
    `The store at ${label} is in protected mode: it serves its own host only.`,
    'Set a password on the server, and give it by GRAYDECK_STORE_PASSWORD.',
  ],
  WRONGTYPE: (label, {key}) => [
    'store-not-ours',
    `In the store at ${label} the key ${key ?? 'of this feature'} holds something that is not of Graydeck.`,
    'Move it away, or use another database.',
  ],
};

function isNoRights(message: string): boolean {
  return /NOPERM|ACL failure|no permissions|^ERR unknown command|NOSCRIPT/i.test(message);
}

function noRights({message, command, key}: CommandError, label: string, role: StoreRole): Words {
  const acl = role === 'router' ? 'app (or agent)' : role;
  const hint = `The rights this role needs: graydeck acl ${acl}.`;
  if (/unknown command/i.test(message)) {
    return ['store-no-rights', `The store at ${label} does not offer the command ${command}.`, hint];
  }
  if (/channel/i.test(message)) {
    return ['store-no-rights', `This user may not use the channel ${key ?? ''} at ${label}.`, hint];
  }
  if (/\bkeys?\b/i.test(message)) {
    return ['store-no-rights', `This user may not ${command} the key ${key ?? ''} at ${label}.`, hint];
  }
  const inner = /the '([\w|-]{1,40})' command/.exec(message)?.[1]?.toUpperCase() ?? command;
  return ['store-no-rights', `This user may not run the command ${inner} at ${label}.`, hint];
}

function absence(message: string, label: string): Words {
  const away = (why: string, hint: string): Words => [
    'store-unreachable',
    `The store at ${label} cannot be reached: ${why}.`,
    hint,
  ];
  if (/Protocol error/i.test(message)) {
    return [
      'store-not-ours',
      `The server at ${label} is not Redis.`,
      'Check host and port; for a Redis behind TLS write rediss://.',
    ];
  }
  if (/max number of clients/.test(message)) {
    return [
      'store-refused',
      `The store at ${label} has no connection left.`,
      'Raise maxclients on the server.',
    ];
  }
  if (/ECONNREFUSED/.test(message)) return away('nothing listens there', 'Start it, or check host and port.');
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) return away('its host name is not known', 'Check the host.');
  if (/ENOENT/.test(message)) return away('there is no such socket', 'Start it, or check the path.');
  if (/EACCES/.test(message))
    return away('this user may not open the socket', 'Check the rights of the socket.');
  const tls = tlsWords(message);
  if (tls !== null) return away(...tls);
  if (/no answer|ETIMEDOUT|timed out/i.test(message)) {
    const tls = label.startsWith('rediss:') ? ' If it does not speak TLS, write redis://.' : '';
    return away('it does not answer in time', `Look whether the server and the way to it are alive.${tls}`);
  }
  if (/sentinel/i.test(message)) {
    if (/NOAUTH|WRONGPASS|invalid password/.test(message)) return sentinelPassword(message, label);
    return away(plain(message), 'Check the sentinels and the name of the primary.');
  }
  return away('the connection was closed', 'Look whether the server and the way to it are alive.');
}

function sentinelPassword(message: string, label: string): Words {
  const what = message.includes('NOAUTH')
    ? 'want a password, and none was given'
    : 'do not accept this password';
  return [
    'store-no-rights',
    `The sentinels of the store at ${label} ${what}.`,
    'Set GRAYDECK_SENTINEL_PASSWORD, or write sentinelPassword: {file: PATH} under store: in graydeck.yaml.',
  ];
}

const NAME_CLIENT =
  'Name it by cert: PATH and key: PATH under store: in graydeck.yaml, or by ?cert=PATH&key=PATH in the address.';

/** Messages of OpenSSL and Node, each with the reason and the remedy. The first match counts. */
const TLS_WORDS: readonly (readonly [said: RegExp, why: string, hint: string])[] = [
  [
    /certificate required|alert handshake failure|PEER_DID_NOT_RETURN/i,
    'it wants a client certificate',
    NAME_CLIENT,
  ],
  [
    /alert unknown ca|alert (?:bad|revoked|expired|unsupported|unknown) certificate|alert certificate/i,
    'it does not accept the client certificate',
    'Check that its authority is one that the server trusts, and that it has not expired.',
  ],
  [
    /key values mismatch/i,
    'the client certificate and its key do not belong together',
    'Check cert and key.',
  ],
  [
    /no start line|bad base64|PEM routines|asn1|unsupported::|DECODER/i,
    'a file of ca, cert or key is not PEM',
    'Check these files: each holds -----BEGIN …-----.',
  ],
  [
    /certificate has expired|CERT_HAS_EXPIRED/i,
    'its certificate has expired',
    'Renew the certificate of the server.',
  ],
  [
    /altnames|ALTNAME_INVALID/i,
    'its certificate is for another name',
    'Use a name of the certificate in the address, or make a certificate for this name. A cluster or sentinel names its nodes itself.',
  ],
  [
    /wrong version number|packet length too long|ERR_SSL_|SSL routines/i,
    'it does not speak TLS',
    'Write redis:// instead of rediss://, or check the port.',
  ],
  [
    /certificate|ERR_TLS_/i,
    'its certificate is not trusted',
    'Name its authority by ca: PATH under store: in graydeck.yaml, by ?ca=PATH in the address, or in NODE_EXTRA_CA_CERTS.',
  ],
];

function tlsWords(message: string): [why: string, hint: string] | null {
  const found = TLS_WORDS.find(([said]) => said.test(message));
  return found === undefined ? null : [found[1], found[2]];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Text of the server for one line: without control characters, at most 160 characters. */
function plain(message: string): string {
  return message
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 160)
    .replace(/\.$/, '');
}
