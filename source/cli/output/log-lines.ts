import {plainText} from '../../text/plain-text.ts';
import {type Messages, messagesOf} from '../../console/messages/catalogue.ts';
import {OPEN} from '../../console/present/clean.ts';
import {alertText, reasonText} from '../../console/present/verdict/reason-text.ts';
import {type Commit, authorOf} from '../../release/commit.ts';
import {isKnownEvent} from '../../release/event-shape.ts';
import type {Event, UnknownEvent} from '../../release/event.ts';
import type {Plan} from '../../release/plan.ts';
import type {Reason, State} from '../../release/state.ts';
import type {KeptOutput} from '../../release/step.ts';
import type {Call} from '../call.ts';
import type {Look} from '../session/session.ts';
import {EXIT} from './exit.ts';
import {Failure} from './failure.ts';
import {type Language, languageOf} from '../../text/language.ts';
import {dayAndTime, isSameDay, timeOfDay} from '../../console/present/moment.ts';

/** A commit for machines, as a document of its own where they are told one by one: `graydeck.commit/1`. */
export function commitDocument(feature: string, commit: Commit) {
  return {schema: 'graydeck.commit/1', feature, ...commitFacts(commit)};
}

/** The whole log for machines: `graydeck.log/1`. */
export function logDocument(feature: string, commits: readonly Commit[]) {
  return {schema: 'graydeck.log/1', feature, commits: commits.map(commitFacts)};
}

function commitFacts({version, at, by, authenticated, reason, events, id, parent, split}: Commit) {
  const {live, percent, release} = split;
  const who = {by, authenticated: authenticated ?? null};
  return {version, at, ...who, reason, events, id, parent, split: {live, percent, release}};
}

/**
 * A commit for people: a line for each event. `state`: where the log stands before the first that is told; `head`: put
 * between time and event.
 */
export function commitLines(
  {flags, out}: Call,
  now: number,
  {state, head = ''}: {state?: State; head?: string} = {},
): (commit: Commit) => string[] {
  const texts = new EventText(messagesOf(languageOf(flags.lang, process.env)), state);
  return ({at, by, authenticated, reason, events}) => {
    const time = isSameDay(at, now) ? timeOfDay(at) : dayAndTime(at);
    const who = out.paint('dim', plainText(authorOf({by, authenticated}), 120));
    return events.map(event => `${out.paint('dim', time)}  ${head}${texts.sentence(event, reason)}  ${who}`);
  };
}

/**
 * What a step of the release left behind, each attempt of it; of the release at hand unless another is named.
 * @throws Failure exit code 2 where nothing was kept of such a step.
 */
export async function printOutput({flags, out}: Call, {feature, view}: Look, step: string): Promise<void> {
  const release = flags.release ?? view.snapshot().state.release?.id ?? null;
  const kept = (await feature.outputs.read()).filter(output => output.release === release);
  const told = kept.filter(output => output.step === step || output.step.endsWith(`.${step}`));
  if (told.length === 0) throw nothing(kept, step);
  if (out.isJson) {
    out.json({schema: 'graydeck.output/1', feature: feature.feature, release, outputs: told});
    return;
  }
  const now = view.now();
  for (const {step, attempt, at, text} of told) {
    const time = isSameDay(at, now) ? timeOfDay(at) : dayAndTime(at);
    out.data(out.paint('dim', `${time}  ${plainText(step, 80)}, attempt ${attempt}`));
    for (const line of text.split(/\r?\n/u)) out.data(plainText(line));
  }
}

function nothing(kept: readonly KeptOutput[], step: string): Failure {
  const names = [...new Set(kept.map(output => plainText(output.step, 80)))].sort();
  return new Failure(
    EXIT.usage,
    'no-output',
    `nothing was kept of a step ${plainText(step, 80)}`,
    names.length === 0 ? 'no step of this release has said anything' : `there is: ${names.join(', ')}`,
  );
}

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
