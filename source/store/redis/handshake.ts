import type {RedisTarget} from '../url.ts';
import {optionsNow, type Address} from './address.ts';
import {Connection, type Command} from './connection.ts';
import {Gone, Refused, tooOld} from './faults.ts';

/** Longest time until a connection can be used, in milliseconds: connecting, and who we are. */
const CONNECT_MS = 2500;
/**
 * After so long without an answer it is tried once more beside, in milliseconds: where a packet was lost the system itself
 * waits for a second, then for two, and a network that is back is to be found sooner.
 */
const BESIDE_MS = 400;
/** However long connecting took, the server gets so long to answer, in milliseconds. */
const LEAST_ANSWER_MS = 1000;
const OLDEST = 7;

/**
 * Connects, says who we are, and makes sure of what is there. HELLO needs no right and tells version and role, so a
 * user with the fewest rights can do this.
 * @throws Gone, Refused, or a `StoreFault` for a server that is too old.
 */
export async function connect(
  target: RedisTarget,
  address: Address,
  keepAlive: boolean,
): Promise<Connection> {
  const until = performance.now() + CONNECT_MS;
  // Read anew for each connection: passwords and certificates are replaced while a process runs.
  const [options, password] = await Promise.all([optionsNow(address, target), target.password?.read() ?? '']);
  const connection = await openFirst(until, left => Connection.open(options, left, keepAlive));
  const steps: Command[] = [];
  if (target.username !== null || password !== '') {
    const user = target.username === null ? [] : [target.username];
    // A user without a password is still that user, and not the default one.
    steps.push(['AUTH', ...user, password]);
  }
  steps.push(['HELLO']);
  if (target.db !== 0) steps.push(['SELECT', target.db]);
  try {
    const leftMs = Math.max(LEAST_ANSWER_MS, Math.ceil(until - performance.now()));
    // Sent together: one round trip. The first that is refused is the reason for the others.
    const answers = await Promise.allSettled(steps.map(step => connection.call(step, leftMs)));
    for (const [at, answer] of answers.entries()) {
      if (answer.status === 'rejected') check(answer.reason, target);
      else if (steps[at]?.[0] === 'HELLO') checkServer(answer.value, target);
    }
    return connection;
  } catch (error) {
    connection.end();
    throw error;
  }
}

/** The first of several tries to be there, or to be refused; those that come later are ended. @throws Gone */
async function openFirst(
  until: number,
  open: (withinMs: number) => Promise<Connection>,
): Promise<Connection> {
  const {promise, resolve, reject} = Promise.withResolvers<Connection>();
  let isOver = false;
  const begin = async () => {
    const leftMs = Math.ceil(until - performance.now());
    if (leftMs <= 0) return;
    try {
      const connection = await open(leftMs);
      if (isOver) connection.end();
      isOver = true;
      resolve(connection);
    } catch (error) {
      reject(error);
    }
  };
  void begin();
  const beside = setInterval(() => void begin(), BESIDE_MS);
  try {
    return await promise;
  } finally {
    isOver = true;
    clearInterval(beside);
  }
}

function check(reason: unknown, target: RedisTarget): void {
  if (!(reason instanceof Refused)) throw reason;
  // A server without passwords is not a fault; a password too many harms nothing.
  if (reason.command === 'AUTH' && /without any password configured/.test(reason.message)) return;
  if (reason.command === 'HELLO' && /unknown command/i.test(reason.message)) {
    throw tooOld('older than 6', target.label);
  }
  throw new Refused(reason.message, reason.command, null);
}

function checkServer(hello: unknown, target: RedisTarget): void {
  const facts = new Map<unknown, unknown>();
  if (Array.isArray(hello)) {
    for (let at = 0; at + 1 < hello.length; at += 2) facts.set(hello[at], hello[at + 1]);
  }
  const version = facts.get('version');
  if (typeof version !== 'string') throw new Gone('Protocol error: no version in HELLO');
  const major = Number.parseInt(version, 10);
  if (!(major >= OLDEST)) throw tooOld(version.slice(0, 20), target.label);
  if (target.via.type === 'sentinel' && facts.get('role') !== 'master') {
    throw new Gone('the sentinels named a primary that is none any more');
  }
}
