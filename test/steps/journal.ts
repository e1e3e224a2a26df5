import type {Command, Intent} from '../../source/release/command.ts';
import {decide} from '../../source/release/decide/decide.ts';
import type {Event, UnknownEvent} from '../../source/release/event.ts';
import {evolve} from '../../source/release/evolve/evolve.ts';
import type {WorkingLog} from '../../source/controller/working-log.ts';
import {initialState, type State} from '../../source/release/state.ts';
import {hooks, phase, planOf} from '../release/plans.ts';

const plan = planOf([phase('alpha', 5)], {hooks: hooks('stop', 'restore')});

/** The core with a log in a variable, because the runner is under test. */
export function journal() {
  let state: State = initialState('new_payment');
  let at = 1000;
  const listeners = new Set<() => void>();
  const execute = (by: string) => (intent: Intent) => {
    const command: Command = {...intent, by: {name: by, kind: 'person'}, at: at++};
    const decision = decide(state, command);
    const events = decision.ok ? decision.events : [];
    for (const event of events) state = evolve(state, event, {at, by});
    ring();
    if (!decision.ok) return Promise.resolve({kind: 'refused', refusal: decision.refusal});
    return Promise.resolve({kind: events.length > 0 ? 'done' : 'nothing'});
  };
  const log = (by: string): WorkingLog => ({
    state: () => state,
    now: () => at,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    execute: execute(by),
  });
  const happen = (event: Event | UnknownEvent) => {
    state = evolve(state, event, {at, by: 'another'});
  };
  const ring = () => {
    for (const listener of listeners) listener();
  };
  return {log, state: () => state, happen, ring, pass: (ms: number) => void (at += ms)};
}

/** A release that is rolling back: traffic, stop and restore are due. */
export async function rollingBack() {
  const deck = journal();
  const {execute} = deck.log('liu');
  await execute({type: 'start', release: 'r-1', version: 'v2', plan});
  await execute({type: 'rollback', release: 'r-1'});
  return deck;
}
