import type {Command} from '../../source/release/command.ts';
import type {Commit} from '../../source/release/commit.ts';
import {decide} from '../../source/release/decide/decide.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import {evolveCommit} from '../../source/release/evolve/evolve.ts';
import type {Decision} from '../../source/release/refusal.ts';
import type {Split} from '../../source/release/split.ts';
import {initialState, type State} from '../../source/release/state.ts';
import {commandOf, type Act} from './arbitrary.ts';
import {DAWN, FEATURE} from './specification.ts';

/** One command of a story, with the state before and after. */
export interface Turn {
  command: Command;
  decision: Decision;
  before: State;
  after: State;
  was: Split;
  is: Split;
  /** The commit; null if nothing was written. */
  commit: Commit | null;
}

/** Executes a command as the controller does, without a store. */
export function carryOut(before: State, command: Command, was = deriveSplit(before)): Turn {
  const decision = decide(before, command);
  const turn = {command, decision, before, was};
  if (!decision.ok || decision.events.length === 0) return {...turn, after: before, is: was, commit: null};
  const commit: Commit = {
    version: 1,
    id: 'c',
    parent: null,
    schema: 1,
    minReader: 1,
    by: command.by.name,
    ...(command.by.identity === undefined ? {} : {authenticated: command.by.identity.name}),
    at: command.at,
    reason: command.reason ?? null,
    events: decision.events,
    split: was,
  };
  const after = evolveCommit(before, commit);
  const is = deriveSplit(after);
  return {...turn, after, is, commit: {...commit, split: is}};
}

/** Plays a list of acts from `state` on. */
export function play(list: readonly Act[], state = initialState(FEATURE), from = DAWN): Turn[] {
  const turns: Turn[] = [];
  let now = {state, split: deriveSplit(state)};
  let at = from;
  const serial = state.past.length * 1000 + 10;
  for (const [index, one] of list.entries()) {
    at += one.passedMs;
    for (const command of commandOf(now.state, one, at, serial + index)) {
      const turn = carryOut(now.state, command, now.split);
      turns.push(turn);
      now = {state: turn.after, split: turn.is};
    }
  }
  return turns;
}

/** State and time at the end of a story. */
export function endOf(turns: readonly Turn[]): {state: State; at: number} {
  const last = turns.at(-1);
  return {state: last?.after ?? initialState(FEATURE), at: last?.command.at ?? DAWN};
}

/** The commits of a story as a reader gets them, through JSON. */
export function written(turns: readonly Turn[]): Commit[] {
  return turns.flatMap(({commit}) => (commit === null ? [] : [JSON.parse(JSON.stringify(commit)) as Commit]));
}

/** A turn in one line, for a counterexample. */
export function inWords({command, before, after}: Turn): string {
  const states = `${before.release?.state ?? 'nothing'} → ${after.release?.state ?? 'nothing'}`;
  return `${command.by.kind}: ${command.type}, ${states}`;
}
