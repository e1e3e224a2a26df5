import {expect} from 'vitest';
import type {Actor, Command, Intent, Stamp} from '../../source/release/command.ts';
import {decide} from '../../source/release/decide/decide.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import type {Event, UnknownEvent} from '../../source/release/event.ts';
import {evolve} from '../../source/release/evolve/evolve.ts';
import type {Decision, Notice, RefusalCode} from '../../source/release/refusal.ts';
import type {Split} from '../../source/release/split.ts';
import {initialState, type Release, type State} from '../../source/release/state.ts';

export const FEATURE = 'new_payment';
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Time at which every story begins. */
export const DAWN = 1_800_000_000_000;

export const liu: Actor = {name: 'liu on laptop', kind: 'person'};

/** People whom the store can tell apart. */
export const alice: Actor = {name: 'alice', kind: 'person', identity: {name: 'redis:alice', shared: null}};
export const bob: Actor = {name: 'bob', kind: 'person', identity: {name: 'redis:bob', shared: null}};

/** A guard as the actor of a command. */
export function guard(epoch: number, name = 'guard on ops-1'): Actor {
  return {name, kind: 'guard', epoch};
}

/** A command of a story. Default: by liu, at the story's time. */
export type Order = Intent & Partial<Stamp>;
/** Time that passes in a story. */
export type Wait = {waitMs: number};
/** The past of a story: accepted commands, events of a log, and time that passed. */
export type Happening = Order | Event | UnknownEvent | Wait;

export function wait(waitMs: number): Wait {
  return {waitMs};
}

interface Story {
  state: State;
  release: Release;
  split: Split;
  /** Time at its end. */
  at: number;
  /** All events so far. */
  events: (Event | UnknownEvent)[];
  when(order: Order): Answer;
}

interface Answer {
  decision: Decision;
  /** Expects exactly these events in this order, and compares only the fields named here. */
  thenEvents(...events: (Partial<Event> & {type: Event['type']})[]): Story;
  /** Expects a refusal with this code. `text` is part of its sentence or remedy. */
  thenRefused(code: RefusalCode, text?: string): void;
  /** Expects no events. */
  thenNothing(notice: Notice): void;
}

const COMMANDS: ReadonlySet<string> = new Set<Intent['type']>([
  ...(['start', 'set', 'next', 'pause', 'resume', 'retry', 'rollback', 'complete'] as const),
  ...(['include', 'deny', 'remove', 'alert', 'acknowledge', 'resolve', 'silence'] as const),
  ...([
    'take-guard',
    'leave-guard',
    'verdict',
    'hold-clock',
    'run-clock',
    'begin-step',
    'leave-step',
  ] as const),
  ...(['end-step', 'escalate', 'begin-delivery', 'end-delivery'] as const),
  ...(['disable', 'enable', 'approve', 'tell-gate', 'accept-unknown'] as const),
]);

function isOrder(happening: Order | Event | UnknownEvent): happening is Order {
  return COMMANDS.has(happening.type);
}

/** Plays a story. Throws if a command is refused, because the story is then wrong. */
export function given(...history: Happening[]): Story {
  let state = initialState(FEATURE);
  let at = DAWN;
  const events: Story['events'] = [];
  for (const happening of history) {
    if ('waitMs' in happening) {
      at += happening.waitMs;
      continue;
    }
    at += SECOND;
    let by = liu.name;
    let authenticated: string | null = null;
    let news: Story['events'] = [];
    if (isOrder(happening)) {
      const command = stamped(happening, at);
      const decision = decide(state, command);
      if (!decision.ok) throw new Error(`${command.type} is refused: ${decision.refusal.message}`);
      by = command.by.name;
      authenticated = command.by.identity?.name ?? null;
      at = command.at;
      news = decision.events;
    } else news = [happening];
    for (const event of news) state = evolve(state, event, {at, by, authenticated});
    events.push(...news);
  }
  return {
    state,
    get release() {
      if (state.release === null) throw new Error('no release has been started in this story');
      return state.release;
    },
    split: deriveSplit(state),
    at,
    events,
    when(order) {
      const decision = decide(state, stamped(order, at + SECOND));
      return answer(decision, () => given(...history, order));
    },
  };
}

function stamped(order: Order, at: number): Command {
  return {by: liu, at, ...order};
}

function answer(decision: Decision, goOn: () => Story): Answer {
  return {
    decision,
    thenEvents(...events) {
      expect(decision).toMatchObject({ok: true, events});
      return goOn();
    },
    thenRefused(code, text = '') {
      expect(decision).toMatchObject({ok: false, refusal: {code}});
      if (decision.ok) return;
      const {message, remedy} = decision.refusal;
      expect(`${message}: ${remedy}`).toContain(text);
      expect(remedy).not.toBe('');
    },
    thenNothing(notice) {
      expect(decision).toEqual({ok: true, events: [], notice});
    },
  };
}
