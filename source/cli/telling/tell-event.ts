import {plainText} from '../../analysis/plain-text.ts';
import type {Messages} from '../../console/messages/catalogue.ts';
import {OPEN} from '../../console/present/clean.ts';
import {reasonText} from '../../console/present/verdict/reason-text.ts';
import type {Event, UnknownEvent} from '../../release/event.ts';
import type {Plan} from '../../release/plan.ts';
import type {State} from '../../release/state.ts';
import {KNOWN_EVENTS} from '../opening/known-events.ts';

/** Events in words, in the order of a log: plans and alerts are remembered as they come by. */
export class EventTeller {
  readonly #messages: Messages;
  readonly #plans = new Map<string, Plan>();
  readonly #alerts = new Map<string, string>();

  /** `state`: where the log stands before the first event that is told. */
  constructor(messages: Messages, state?: State) {
    this.#messages = messages;
    if (state === undefined) return;
    if (state.release !== null) this.#plans.set(state.release.id, state.release.plan);
    for (const {id, message} of state.alerts) this.#alerts.set(id, message);
  }

  /** One sentence; texts from outside are fit for a terminal. */
  tell(event: Event | UnknownEvent, reason: string | null): string {
    if (!isKnown(event)) return this.#messages.log.unknown(plainText(event.type, 60));
    if (event.type === 'release-started') this.#plans.set(event.release, event.plan);
    if (event.type === 'alert-raised') this.#alerts.set(event.alert, event.message);
    const plan = 'release' in event ? this.#plans.get(event.release) : undefined;
    return this.#messages.event(event, {
      phases: plan?.phases.map(({name, percent}) => ({name: plainText(name, 40), percent})) ?? [],
      reason: reason === null ? null : plainText(reason, 200),
      name: text => plainText(text, 60),
      free: text => plainText(text, 200),
      user: text => plainText(text, 60),
      verdict: reason => reasonText(reason, {t: this.#messages, clean: OPEN}),
      // As it is typed after `retry`.
      step: id => plainText(id, 60),
      alert: id => plainText(this.#alerts.get(id) ?? id, 200),
    });
  }
}

function isKnown(event: Event | UnknownEvent): event is Event {
  return Object.hasOwn(KNOWN_EVENTS, event.type);
}
