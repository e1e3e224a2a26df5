/** The role of a Redis user. An application (SDK) and an edge agent need the same rights. */
export type AclRole = 'viewer' | 'app' | 'agent' | 'operator';

export const ACL_ROLES: readonly AclRole[] = ['viewer', 'app', 'agent', 'operator'];

export interface AclOptions {
  /** Name of the Redis user; default `graydeck-ROLE`. */
  user?: string;
  /** The only feature it may touch; default: all. */
  feature?: string;
}

/** Key patterns with what may be done there, and the commands: the least with which a role works. */
interface Rights {
  read: string[];
  write: string[];
  both: string[];
  commands: string[];
}

/** Said on every connection, or to find the node of a cluster. HELLO and AUTH need no right. */
const EVERYBODY = [
  'ping',
  'select',
  'time',
  'asking',
  'cluster|slots',
  'subscribe',
  'unsubscribe',
  'smembers',
];
const LOG_READING = ['xrange', 'xrevrange'];

const LOG_WRITING = ['eval', 'xadd', 'xdel', 'xsetid', 'publish'];
const REST_WRITING = ['sadd', 'hset', 'hdel', 'set', 'del', 'multi', 'exec', 'zadd', 'zremrangebyscore'];

const VIEWER: Rights = {
  read: [
    'log',
    'metrics',
    'minutes',
    'seconds',
    'people',
    'routers',
    'lease',
    'feedback',
    'output',
    'shares',
    'summary',
    'aside',
  ],
  write: [],
  both: [],
  commands: [...LOG_READING, 'xread', 'xinfo|stream', 'zrangebyscore', 'hvals', 'hgetall', 'get'],
};

const ROUTER: Rights = {
  read: ['log'],
  write: ['metrics', 'routers', 'feedback'],
  both: [],
  commands: [...LOG_READING, 'xadd', 'hset', 'hdel'],
};

const OPERATOR: Rights = {
  read: [],
  write: [],
  both: VIEWER.read,
  commands: [...VIEWER.commands, ...LOG_WRITING, ...REST_WRITING, 'info'],
};

const RIGHTS: Record<AclRole, Rights> = {viewer: VIEWER, app: ROUTER, agent: ROUTER, operator: OPERATOR};

/**
 * The lines of an ACL file that give a role its rights and no others; `ACL SETUSER` takes what follows the word
 * `user`. PASSWORD stands where a password is to be filled in.
 * For Redis 7.0 and newer: rights by direction (`%R~`, `%W~`) exist from there on.
 */
export function aclLines(role: AclRole, options: AclOptions = {}): string[] {
  const {user = `graydeck-${role}`, feature = '*'} = options;
  const {read, write, both, commands} = RIGHTS[role];
  const key = (name: string): string => `graydeck:{${feature}}:${name}`;
  const words = [
    `user ${user} on >PASSWORD resetkeys resetchannels -@all`,
    ...read.map(name => `%R~${key(name)}`),
    ...write.map(name => `%W~${key(name)}`),
    ...both.map(name => `~${key(name)}`),
    ...storeWide(role),
    `&${key('bell')}`,
    ...[...EVERYBODY, ...commands].map(command => `+${command}`),
  ];
  return [words.join(' ')];
}

/** The names of features, and the log of freezes, which applications do not need. */
function storeWide(role: AclRole): string[] {
  if (role === 'operator') return ['~graydeck:features', '~graydeck:freeze'];
  return role === 'viewer' ? ['%R~graydeck:features', '%R~graydeck:freeze'] : ['%R~graydeck:features'];
}
