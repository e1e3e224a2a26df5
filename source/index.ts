/**
 * The core of a release as a library: a command goes into `decide`, its events go through `evolve`, and the
 * state says by `deriveSplit` what every router is told. Pure: no clock, no store, nothing of Node.
 *
 * @packageDocumentation
 */
export {decide} from './release/decide/decide.ts';
export {deriveSplit} from './release/derive-split.ts';
export {evolve, evolveCommit} from './release/evolve/evolve.ts';
export {initialState} from './release/state.ts';

export type {Actor, Command, CommandType, Intent, Stamp} from './release/command.ts';
export type {Commit} from './release/commit.ts';
export type {Event, EventType} from './release/event.ts';
export type {Condition, Criterion, Guardrail, Phase, Plan, Rule} from './release/plan.ts';
export type {Decision, Refusal, RefusalCode} from './release/refusal.ts';
export type {Split} from './release/split.ts';
export type {Release, ReleaseState, State, Verdict} from './release/state.ts';
