/**
 * What a check found. `wrong`: a release must not start like this. `doubt`: it may, and the operator is warned. `fine`: as
 * it should be.
 */
export interface Finding {
  /** What was looked at: `store`, `prometheus`, `hooks`, `routers`, `guard`, `plan`. */
  check: string;
  level: 'fine' | 'doubt' | 'wrong';
  /** One sentence; text from outside in it is fit for a terminal. */
  text: string;
  /** What mends it, best a command to type; empty where nothing has to be. */
  remedy: string;
}

export function fine(check: string, text: string): Finding {
  return {check, level: 'fine', text, remedy: ''};
}

export function doubt(check: string, text: string, remedy: string): Finding {
  return {check, level: 'doubt', text, remedy};
}

export function wrong(check: string, text: string, remedy: string): Finding {
  return {check, level: 'wrong', text, remedy};
}
