import type {RedisTarget} from '../url.ts';
import {optionsNow, type Address} from './address.ts';
import {Connection, type Command} from './connection.ts';
import {ConnectionLost, CommandError, tooOld} from './faults.ts';

/** Longest time for connecting and authentication, in milliseconds. */
const CONNECT_MS = 2500;
/**
 * After so long without a connection a second one is opened at the same time, in milliseconds. If a packet was lost the system
 * tries again only after one second, then after two.
 */
const BESIDE_MS = 400;
/** Shortest time for the answers after connecting, however long connecting took, in milliseconds. */
const LEAST_ANSWER_MS = 1000;
const OLDEST = 7;

/**
 * Connects, authenticates, and checks version and role of the server. HELLO needs no right, so that every user can do this.
 * @throws ConnectionLost, CommandError, or a `StoreFault` for a server that is too old.
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
    // Without AUTH the connection would belong to the default user.
    steps.push(['AUTH', ...user, password]);
  }
  steps.push(['HELLO']);
  if (target.db !== 0) steps.push(['SELECT', target.db]);
  try {
    const leftMs = Math.max(LEAST_ANSWER_MS, Math.ceil(until - performance.now()));
    // One round trip for all. The first refusal is the reason for the others.
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

/** Gives the first connection that is open, or its refusal. Later connections are ended. @throws ConnectionLost */
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
  if (!(reason instanceof CommandError)) throw reason;
  // The server has no passwords: one that was not needed does no harm.
  if (reason.command === 'AUTH' && /without any password configured/.test(reason.message)) return;
  if (reason.command === 'HELLO' && /unknown command/i.test(reason.message)) {
    throw tooOld('older than 6', target.label);
  }
  throw new CommandError(reason.message, reason.command, null);
}

function checkServer(hello: unknown, target: RedisTarget): void {
  const facts = new Map<unknown, unknown>();
  if (Array.isArray(hello)) {
    for (let at = 0; at + 1 < hello.length; at += 2) facts.set(hello[at], hello[at + 1]);
  }
  const version = facts.get('version');
  if (typeof version !== 'string') throw new ConnectionLost('Protocol error: no version in HELLO');
  const major = Number.parseInt(version, 10);
  if (!(major >= OLDEST)) throw tooOld(version.slice(0, 20), target.label);
  if (target.via.type === 'sentinel' && facts.get('role') !== 'master') {
    throw new ConnectionLost('the sentinels named a primary that is none any more');
  }
}
