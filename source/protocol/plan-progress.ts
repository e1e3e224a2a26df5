import type {Judgement} from '../analysis/judge/judge.ts';
import type {Plan} from '../release/plan.ts';
import type {Release} from '../release/state.ts';
import type {Answer} from './recording.ts';

/** How far a plan has come on a recording, as if every `advance` had been followed. */
export class PlanProgress {
  readonly plan: Plan;
  phase = 0;
  /** How long the phase has run, milliseconds. */
  ranMs = 0;
  /** When the phase began; null: with the recording. */
  since: number | null = null;
  state: Release['state'] = 'rolling';
  left: Release['left'] = [];
  #isRunning = true;
  #final: Answer | null = null;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  /** A rollback is the last word; null: none was said. */
  get final(): Answer | null {
    return this.#final;
  }

  /** Time passes in which the phase runs, unless its clock is held. */
  serve(ms: number): void {
    if (this.#isRunning && this.state === 'rolling') this.ranMs += ms;
  }

  /** What a judgement says, and what follows from it. @param percent that gray has, 0–100 */
  follow({verdict, next, left, heldClock}: Judgement, at: number, percent: number): Answer {
    this.#isRunning = heldClock === null;
    const {action, reasons} = verdict;
    const answer: Answer = {action, reason: reasons.map(({text}) => text).join('; ')};
    if (action === 'rollback') this.#final = answer;
    else if (action === 'pause') this.state = 'paused';
    else if (next !== null) this.#goOn(at, percent, left);
    return answer;
  }

  #goOn(at: number, percent: number, criteria: Judgement['left']): void {
    this.left = [...this.left, {phase: this.phase, at, percent, criteria}];
    if (this.phase === this.plan.phases.length - 1) {
      this.state = 'promoting';
      return;
    }
    this.phase += 1;
    this.ranMs = 0;
    this.since = at;
  }
}
