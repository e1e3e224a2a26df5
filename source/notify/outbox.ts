import {setTimeout as pause} from 'node:timers/promises';
import {deliveryOf, type Delivery, type Dispatch} from '../release/dispatch.ts';
import type {Intent} from '../release/command.ts';
import type {WorkingLog} from '../controller/working-log.ts';
import {type Channel, TRIES_AT_MOST, type Tried, afterFailure, failed} from './channel.ts';
import {CHANNEL_KEY, keyOf, nextDue, type Due} from './due.ts';
import {messageOf, type Message, type MessageOptions} from './message.ts';

/** What is needed to tell people. */
export interface OutboxOptions extends MessageOptions {
  log: WorkingLog;
  /** This process's name in the log, as its commands carry it: unlike that of any other. */
  actor: string;
  channels: readonly Channel[];
  /** Whether telling people is this process's part at the moment. */
  isOnDuty(): boolean;
  /** See `Sight`. */
  escalateAfterMs: number | null;
  newAlertId(): string;
  /** From 0 up to 1, for the spread of retries. */
  random(): number;
}

/** After what could not be written, or was begun by another; milliseconds. */
export const TRY_AGAIN_MS = 500;
/** So long it is tried to tell what came of a message, milliseconds. */
const TELL_FOR_MS = 60_000;
/** Beyond its own time limit, until others may think that a sender is dead; milliseconds. */
const GRACE_MS = 3000;
/** A channel that does not stop when it is told to is left after this time, milliseconds. */
const OVERTIME_MS = 500;
/** A channel that has failed so often in a row is a fault of its own. */
const FAULTY_AFTER = 3;

/** Tells people by their channels what the log says they are to know; journaled, so that a successor can go on. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #busy = new Map<string, Promise<void>>();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Begins what is due now; returns what there is to wait for. @throws StoreFault */
  async begin(): Promise<Extract<Due, {what: 'wait'}>> {
    for (;;) {
      const due = this.#next();
      if (due.what === 'wait') return due;
      const isWritten =
        due.what === 'escalate'
          ? await this.#escalate(due.alert)
          : await this.#beginOne(due.dispatch, due.channels);
      // Another process was first, or it may not be done from here: look again in a while.
      if (!isWritten) return {what: 'wait', until: this.#options.log.now() + TRY_AGAIN_MS};
    }
  }

  /** What is being sent at the moment, each ending with its outcome in the log. */
  underWay(): Promise<unknown> {
    return Promise.all(this.#busy.values());
  }

  get isIdle(): boolean {
    return this.#busy.size === 0;
  }

  #next(): Due {
    const {log, actor, channels, isOnDuty, escalateAfterMs} = this.#options;
    const sight = {state: log.state(), now: log.now(), actor, isOnDuty: isOnDuty(), escalateAfterMs};
    return nextDue({...sight, busy: new Set(this.#busy.keys())}, channels);
  }

  async #escalate(alert: string): Promise<boolean> {
    const {log, escalateAfterMs} = this.#options;
    const {kind} = await log.execute({type: 'escalate', alert, afterMs: escalateAfterMs ?? 0});
    return kind === 'done';
  }

  /** Intent first, for all channels at once; then each is told by itself. */
  async #beginOne({id}: Dispatch, wanted: {channel: string; afterMs: number}[]): Promise<boolean> {
    const {log, actor, channels} = this.#options;
    const begun = wanted.map(({channel, afterMs}) => {
      const limitMs = channels.find(({name}) => name === channel)?.timeoutMs ?? 0;
      return {channel, afterMs, deadlineMs: limitMs + GRACE_MS};
    });
    const {kind} = await log.execute({type: 'begin-delivery', dispatch: id, channels: begun});
    if (kind !== 'done') return false;
    const dispatch = log.state().outbox.find(one => one.id === id);
    for (const channel of channels) {
      const delivery = dispatch === undefined ? null : deliveryOf(dispatch, channel.name);
      const key = keyOf(id, channel.name);
      const isOurs = delivery?.state === 'sending' && delivery.by === actor && !this.#busy.has(key);
      if (dispatch === undefined || delivery === null || !isOurs) continue;
      const sending = this.#send(dispatch, delivery, channel).finally(() => this.#busy.delete(key));
      this.#busy.set(key, sending);
    }
    return true;
  }

  async #send(dispatch: Dispatch, {attempts, isUnsure}: Delivery, channel: Channel): Promise<void> {
    const {log, random} = this.#options;
    const about = {attempt: attempts, mayBeRepeat: isUnsure, now: log.now()};
    const tried = await attempt(channel, () => messageOf(log.state(), dispatch, about, this.#options));
    const told = {type: 'end-delivery', dispatch: dispatch.id, channel: channel.name} as const;
    if (tried.outcome === 'done') {
      await this.#tell({...told, outcome: 'done', ...(tried.note === null ? {} : {error: tried.note})});
      await this.#works(channel.name);
      return;
    }
    const {error, isUnsure: unsure} = tried;
    const afterMs = afterFailure(tried, attempts, random);
    const outcome = afterMs === null ? ('failed' as const) : ('again' as const);
    await this.#tell({...told, outcome, error, unsure, ...(afterMs === null ? {} : {afterMs})});
    if (afterMs === null || attempts >= FAULTY_AFTER) await this.#isFaulty(channel.name, error, attempts);
  }

  /** What came of it is tried to be told for as long as it makes sense: untold it would be sent again. */
  async #tell(intent: Extract<Intent, {type: 'end-delivery'}>): Promise<void> {
    const until = performance.now() + TELL_FOR_MS;
    for (;;) {
      const told = await this.#options.log.execute(intent).catch(() => null);
      if ((told !== null && told.kind !== 'conflict') || performance.now() > until) return;
      await pause(TRY_AGAIN_MS, undefined, {ref: false});
    }
  }

  /** That a channel does not deliver is an alert, by the others: one however many messages it concerns. */
  async #isFaulty(name: string, error: string, attempts: number): Promise<void> {
    const {log, newAlertId} = this.#options;
    const key = `${CHANNEL_KEY}${name}`;
    if (log.state().alerts.some(one => one.key === key && one.resolvedAt === null)) return;
    const tries = attempts >= TRIES_AT_MOST ? `, given up after ${attempts} tries` : '';
    const message = `${name} does not deliver: ${error}${tries}`;
    const alert = {type: 'alert', alert: newAlertId(), level: 'warning', message, key} as const;
    await log.execute(alert).catch(() => null);
  }

  async #works(name: string): Promise<void> {
    const {log} = this.#options;
    const key = `${CHANNEL_KEY}${name}`;
    const open = log.state().alerts.find(one => one.key === key && one.resolvedAt === null);
    if (open !== undefined) await log.execute({type: 'resolve', alert: open.id}).catch(() => null);
  }
}

/**
 * One try, within its time, whatever the channel makes of it. What a channel throws is a fault of its own: nothing got
 * through as far as anybody knows.
 */
async function attempt(channel: Channel, message: () => Message): Promise<Tried> {
  const {timeoutMs} = channel;
  const over = Promise.withResolvers<Tried>();
  const late = failed('it does not answer in time', {isUnsure: true});
  const timer = setTimeout(() => over.resolve(late), timeoutMs + OVERTIME_MS);
  try {
    return await Promise.race([channel.send(message(), AbortSignal.timeout(timeoutMs)), over.promise]);
  } catch (error) {
    // What it says may hold what must not be told.
    const name = error instanceof Error ? error.name : typeof error;
    return failed(`it failed by a fault of its own (${name})`, {isUnsure: true});
  } finally {
    clearTimeout(timer);
  }
}
