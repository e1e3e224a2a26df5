import {plainText} from '../../analysis/plain-text.ts';
import {messagesOf, type Language, type Messages} from '../../console/messages/catalogue.ts';
import {OPEN} from '../../console/present/clean.ts';
import {alertText, reasonText} from '../../console/present/verdict/reason-text.ts';
import {isKnownEvent} from '../../release/event-shape.ts';
import type {Event, UnknownEvent} from '../../release/event.ts';
import type {Plan} from '../../release/plan.ts';
import type {Reason, State} from '../../release/state.ts';

/** Events in words, in the order of a log: plans and alerts are remembered as they come by. */
export class EventText {
  readonly #messages: Messages;
  readonly #plans = new Map<string, Plan>();
  readonly #alerts = new Map<string, {message: string; cause?: Reason}>();

  /** `state`: where the log stands before the first event that is told. */
  constructor(messages: Messages, state?: State) {
    this.#messages = messages;
    if (state === undefined) return;
    if (state.release !== null) this.#plans.set(state.release.id, state.release.plan);
    for (const alert of state.alerts) this.#alerts.set(alert.id, alert);
  }

  /** One sentence; texts from outside are fit for a terminal. */
  sentence(event: Event | UnknownEvent, reason: string | null): string {
    if (!isKnownEvent(event)) return this.#messages.log.unknown(plainText(event.type, 60));
    if (event.type === 'release-started') this.#plans.set(event.release, event.plan);
    if (event.type === 'alert-raised') this.#alerts.set(event.alert, event);
    const scene = {t: this.#messages, clean: OPEN};
    const plan = 'release' in event ? this.#plans.get(event.release) : undefined;
    return this.#messages.event(event, {
      phases: plan?.phases.map(({name, percent}) => ({name: plainText(name, 40), percent})) ?? [],
      reason: reason === null ? null : plainText(reason, 200),
      name: text => plainText(text, 60),
      free: text => plainText(text, 200),
      user: text => plainText(text, 60),
      verdict: reason => reasonText(reason, scene),
      // As it is typed after `retry`.
      step: id => plainText(id, 60),
      alert: id => alertText(this.#alerts.get(id) ?? {message: id}, scene),
      says: alert => alertText(alert, scene),
    });
  }
}

/** Formats the events of a log as sentences of a language, in their order; for a report. */
export function sentences(lang: Language): EventText['sentence'] {
  const texts = new EventText(messagesOf(lang));
  return (event, reason) => texts.sentence(event, reason);
}
