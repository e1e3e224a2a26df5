import type {Outbox, OutboxOptions} from '../../source/notify/outbox.ts';
import {openChannel} from '../../source/notify/open-channel.ts';
import {plainText} from '../../source/text/plain-text.ts';
import type {ChannelSpec} from '../../source/release/channel.ts';
import type {Actor, Command, Intent} from '../../source/release/command.ts';
import {decide} from '../../source/release/decide/decide.ts';
import {evolve} from '../../source/release/evolve/evolve.ts';
import type {Event} from '../../source/release/event.ts';
import {initialState, type State} from '../../source/release/state.ts';
import {DAWN, FEATURE, liu} from '../release/specification.ts';

/** The core behind a log that is a variable, with a clock that is moved: what is under test is who tells whom. */
export class Desk {
  state: State = initialState(FEATURE);
  readonly events: Event[] = [];
  /** So many writes fail from now on, as if the store were away. */
  failures = 0;
  now = DAWN;
  readonly #listeners = new Set<() => void>();
  #alerts = 0;

  does(intent: Intent, by: Actor = liu): {kind: string} {
    const command: Command = {...intent, by, at: this.now};
    const decision = decide(this.state, command);
    if (!decision.ok) return {kind: 'refused'};
    for (const event of decision.events) this.state = evolve(this.state, event, {at: this.now, by: by.name});
    this.events.push(...decision.events);
    for (const listener of this.#listeners) listener();
    return {kind: decision.events.length > 0 ? 'done' : 'nothing'};
  }

  /** A process that tells people by these channels. */
  sender(specs: readonly ChannelSpec[], name: string, more: Partial<OutboxOptions> = {}): OutboxOptions {
    return {
      log: {
        state: () => this.state,
        now: () => this.now,
        subscribe: listener => {
          this.#listeners.add(listener);
          return () => void this.#listeners.delete(listener);
        },
        execute: async intent => {
          if (this.failures > 0) {
            this.failures--;
            throw new Error('the store is away');
          }
          return await Promise.resolve(this.does(intent, {name, kind: 'person'}));
        },
      },
      actor: name,
      channels: specs.map(spec => openChannel(spec)),
      isOnDuty: () => true,
      escalateAfterMs: 600_000,
      contacts: {hotline: '400-123-4567'},
      clean: (text, width) => plainText(text, width),
      lang: 'en',
      newAlertId: () => `a-9${++this.#alerts}`,
      random: () => 0.5,
      ...more,
    };
  }

  /** Tells what is due, and waits for what came of it. */
  async notify(outbox: Outbox): Promise<void> {
    await outbox.begin();
    await outbox.underWay();
  }

  /** How far each channel is with a dispatch: `slack done 1`. */
  told(dispatch: string): string[] {
    const {deliveries} = this.state.outbox.find(({id}) => id === dispatch) ?? {};
    return (deliveries ?? []).map(({channel, state, attempts}) => `${channel} ${state} ${attempts}`);
  }
}
