/**
 * Escape, a pause, then `[`: a person who presses two keys, or a sequence that a slow line has split. What follows tells
 * them apart. A terminal sends a sequence in one piece, and a line splits it once: its rest comes together. What a
 * person presses comes alone. Where it is not certain, a letter that could change something is dropped, not taken.
 */

/** Letters after Escape that begin a sequence. */
export const INTRODUCERS = '[O]P_^X';

/**
 * How long after Escape such a letter waits for what follows it, milliseconds. `P` is the only one that changes
 * something: it resumes. A person who means it does not notice the wait.
 */
export function holdMs(introducer: string): number {
  return introducer === 'P' ? 250 : 50;
}

/** What terminals send next after an introducer, when both come together. */
const TOGETHER: Readonly<Record<string, RegExp>> = {
  '[': /[\d;:?<>=A-FHIMO-SZ[a-d]/u,
  O: /[\dA-FHIMP-SXa-dj-y]/u,
  ']': /[\d;lL]/u,
  P: /[\d;:!<=>?]/u,
  // No answers that any terminal gives, and no keys: whatever comes together with them belongs to them.
  _: /[ -~]/u,
  '^': /[ -~]/u,
  X: /[ -~]/u,
};
/** The same once the introducer was given as a key: what a sequence surely goes on with, and what a cursor key ends in. */
const LATER: Readonly<Record<string, RegExp>> = {
  '[': /[\d;?<>=A-DFHIMOZ]/u,
  O: /[\dA-FHIMP-SXa-dj-y]/u,
  ']': /[\dlL]/u,
  P: /[\d!>]/u,
  _: /G/u,
};

/** Whether `character` goes on with the sequence that `introducer` may have begun. */
export function goesOn(introducer: string, character: string, isTogether: boolean): boolean {
  return (isTogether ? TOGETHER : LATER)[introducer]?.test(character) ?? false;
}
