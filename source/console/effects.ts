import {plainText} from '../text/plain-text.ts';
import type {Feedback} from '../analysis/feedback/feedback.ts';
import type {Intent} from '../release/command.ts';
import type {Deck} from './deck.ts';
import {withSeen} from './keys/intents.ts';
import {answerTo, answerToFault} from './keys/outcome-note.ts';
import type {Effect} from './keys/step.ts';
import type {Messages} from './messages/catalogue.ts';
import type {Copied} from './output/clipboard.ts';
import type {Cleaner} from './present/clean.ts';
import {timeOfDay} from './present/moment.ts';
import type {Note, UiChange} from './ui.ts';

type Answer = Pick<Note, 'text' | 'tone'>;

/** What keys do to the terminal itself. */
export interface TerminalKeys {
  redraw(): void;
  suspend(): void;
  /** Hands a text to the clipboard of the terminal. */
  copy(text: string): Copied;
}

/** What the effects of a key act on. */
export interface EffectTarget {
  deck: Deck;
  /** All features of the store, for `[` and `]`. */
  features: readonly string[];
  /** The live deck while the past is shown; null: the live one is shown, or there is none. */
  live: {current: Deck | null};
  /** A key that the list of features asked for, to be pressed once its feature is shown. */
  pending: {current: {feature: string; key: string} | null};
  t: Messages;
  clean: Cleaner;
  change(change: UiChange): void;
  setDeck(deck: Deck): void;
  exit(code: number): void;
  /** What keys do to the terminal itself; undefined where there is none. */
  terminal: TerminalKeys | undefined;
}

/** Does what a key asks for beyond redrawing. What comes of it is told on the screen; it never throws. */
export function perform(effect: Effect, target: EffectTarget): void {
  const {deck, change, clean} = target;
  const tell = (error: unknown): void =>
    change({type: 'refused', at: now(deck), text: clean.free(String(error)), tone: 'bad'});
  switch (effect.type) {
    case 'execute':
      void execute(effect.intent, target);
      return;
    case 'feature':
      turnToFeature(effect.by, target).catch(tell);
      return;
    case 'open-feature': {
      const {feature, then} = effect;
      target.pending.current = then === undefined ? null : {feature, key: then};
      openFeature(feature, target).catch(tell);
      return;
    }
    case 'extra':
      runExtra(effect.key, target).catch(tell);
      return;
    case 'time':
      turnTime(effect.isEnd ?? false, target).catch(tell);
      return;
    case 'time-key':
      deck.time?.press(effect.key);
      return;
    case 'redraw':
      target.terminal?.redraw();
      return;
    case 'suspend':
      target.terminal?.suspend();
      return;
    case 'copy':
      change({type: 'note', note: {...copied(effect, target), at: now(deck)}});
      return;
    case 'last-words':
      void readLastWords(effect, target);
      return;
    case 'share':
      void makeLink(effect, target);
      return;
    case 'end-link':
      void endLink(target);
      return;
    case 'quit':
      target.exit(effect.code);
  }
}

/** Hands a text to the terminal, and says whether the terminal can take it. */
function copied({name, text, said}: Extract<Effect, {type: 'copy'}>, {terminal, t}: EffectTarget): Answer {
  const outcome = terminal?.copy(text) ?? {kind: 'cannot', terminal: t.copy.noTerminal};
  if (outcome.kind === 'cannot') return {text: t.copy.cannot(outcome.terminal), tone: 'warn'};
  return {text: outcome.kind === 'tmux' ? t.copy.tmux(name) : (said ?? t.copy.sent(name)), tone: 'strong'};
}

/** Reads what the hook of a step has printed, every attempt of it. */
async function readLastWords(
  {row, release, step}: Extract<Effect, {type: 'last-words'}>,
  {deck, change, t, clean}: EffectTarget,
): Promise<void> {
  const words: string[] = [];
  try {
    for (const {attempt, at, text} of (await deck.lastWords?.(release, step)) ?? []) {
      words.push(t.entry.attempt(attempt, timeOfDay(at)), ...text.trimEnd().split(/\r?\n/u));
    }
    if (words.length === 0) words.push(t.entry.noOutput);
  } catch (fault) {
    words.push(t.entry.readFailed(clean.free(fault instanceof Error ? fault.message : String(fault))));
  }
  change({type: 'entry-words', row, words});
}

/** Writes down what a person says of a version; after a failure the words stay, to be sent again. */
export async function giveFeedback(
  feedback: Feedback,
  {deck, change, t, clean}: EffectTarget,
): Promise<void> {
  try {
    await deck.giveFeedback?.(feedback);
    change({type: 'feedback-given'});
    change({type: 'done', at: now(deck), text: t.dialogs.feedbackGiven, tone: 'good'});
  } catch (fault) {
    const error = clean.free(fault instanceof Error ? fault.message : String(fault));
    change({type: 'feedback', change: {error}});
  }
}

async function makeLink(
  options: {forMs: number; isMasked: boolean},
  {deck, change, t, clean}: EffectTarget,
): Promise<void> {
  try {
    await deck.sharing?.begin(options);
    change({type: 'link-made'});
    change({type: 'done', at: now(deck), text: t.share.made, tone: 'good'});
  } catch (fault) {
    change({type: 'link-failed', error: clean.free(fault instanceof Error ? fault.message : String(fault))});
  }
}

async function endLink({deck, change, t, clean}: EffectTarget): Promise<void> {
  try {
    await deck.sharing?.end();
    change({type: 'link-ended', at: now(deck), text: t.share.ended.interrupted});
  } catch (fault) {
    change({type: 'link-failed', error: clean.free(fault instanceof Error ? fault.message : String(fault))});
  }
}

async function execute(intent: Intent, {deck, change, t, clean}: EffectTarget): Promise<void> {
  const {controller, actor} = deck;
  if (controller === null) return;
  // It stays until the answer comes.
  change({type: 'note', note: {text: t.sending, tone: 'quiet', at: Infinity}});
  const words = {t, clean, self: actor.name};
  const seen = withSeen(intent, deck.monitor.snapshot().judgement?.verdict ?? null);
  const answer = await controller.execute(seen, {by: actor}).then(
    outcome => answerTo(intent, outcome, {...words, commits: deck.monitor.view.commits()}),
    (fault: unknown) => answerToFault(intent, fault, {...words, commits: []}),
  );
  const at = now(deck);
  if (answer.isDone) change({type: 'done', at, text: answer.text, tone: answer.tone});
  else if (answer.tone === 'plain') change({type: 'note', note: {...answer, at}});
  else change({type: 'refused', at, text: answer.text, tone: answer.tone});
}

async function turnToFeature(by: 1 | -1, target: EffectTarget): Promise<void> {
  const {deck, features} = target;
  const at = features.indexOf(deck.monitor.feature) + by + features.length;
  const feature = features[at % features.length];
  if (feature !== undefined) await openFeature(feature, target);
}

async function openFeature(feature: string, target: EffectTarget): Promise<void> {
  const {deck, change, t, clean} = target;
  if (feature === deck.monitor.feature || deck.open === undefined) return;
  const opened = await deck.open(feature);
  target.setDeck(opened);
  const text = t.outcomes.feature(clean.name(feature));
  change({type: 'note', note: {text, tone: 'plain', at: now(opened)}});
  await deck.close?.();
}

/** To the past, and back: the live deck goes on meanwhile. A recording has no now: it goes to its end. */
async function turnTime(isEnd: boolean, {deck, live, setDeck}: EffectTarget): Promise<void> {
  if (deck.time !== undefined) {
    const liveDeck = live.current;
    if (liveDeck === null && isEnd) deck.time.press({type: 'to', at: deck.time.reading().to});
    if (liveDeck === null) return;
    live.current = null;
    setDeck(liveDeck);
    await deck.close?.();
    return;
  }
  const past = await deck.openPast?.();
  if (past === undefined) return;
  live.current = deck;
  setDeck(past);
}

async function runExtra(key: string, {deck, change}: EffectTarget): Promise<void> {
  const extra = deck.extras.find(one => one.key === key);
  if (extra === undefined) return;
  const text = plainText(await extra.run(), 200);
  change({type: 'note', note: {text, tone: 'plain', at: now(deck)}});
}

/** The store's clock, milliseconds since 1970. */
function now(deck: Deck): number {
  return deck.monitor.view.now();
}
