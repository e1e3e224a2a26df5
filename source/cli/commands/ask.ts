import {createInterface} from 'node:readline/promises';
import {PassThrough} from 'node:stream';
import {textOfKey} from '../../console/input/ink-stdin.ts';
import type {InputEvent} from '../../console/input/read-items.ts';
import {TerminalReader} from '../../console/input/terminal-reader.ts';
import {closedHours, nextOpening} from '../../release/raise-hours.ts';
import type {Release} from '../../release/state.ts';
import {quote} from '../../text/quote.ts';
import type {Call} from '../call.ts';
import {type Failure, usage} from '../output/failure.ts';
import {dayAndTime} from '../../console/present/moment.ts';

/**
 * What a prompt reads of a terminal: keys and pastes, and no answer that the terminal gives meanwhile. A paste is one
 * line at most, which a person still has to send.
 */
class PromptInput extends PassThrough {
  readonly isTTY = true;
  readonly #terminal: NodeJS.ReadStream;
  readonly #reader: TerminalReader;

  constructor(terminal: NodeJS.ReadStream) {
    super();
    this.#terminal = terminal;
    this.#reader = new TerminalReader(terminal, events => {
      for (const event of events) this.write(textOf(event));
    });
  }

  setRawMode(isRaw: boolean): this {
    if (isRaw) {
      this.#reader.start();
      this.#terminal.once('end', this.#close);
    } else {
      this.#reader.stop();
      this.#terminal.off('end', this.#close);
    }
    return this;
  }

  /** The terminal is gone. */
  readonly #close = (): void => void this.end();
}

function textOf(event: InputEvent): string {
  if (event.type === 'dropped') return '';
  if (event.type === 'key') return event.name === 'Escape' ? '' : textOfKey(event.name);
  // oxlint-disable-next-line no-control-regex -- a line holds no control characters
  return event.text.replaceAll(/[\u0000-\u001F\u007F]+/gu, ' ').trim();
}

/** What a person answers for who raises outside of the hours of plan and project; empty: they are open. */
export function hoursQuestion({plan}: Pick<Release, 'plan'>, now: number): string[] {
  const closed = closedHours(plan.raise, now);
  if (closed === null) return [];
  const opens = nextOpening(plan.raise ?? [], now);
  const then = opens === null ? '' : ` They are open again ${dayAndTime(opens)}.`;
  return [`It is outside of the raise hours (${closed.text}): the guard would wait.${then}`];
}

export interface Question {
  /** What follows from a yes, before → after; printed also without a terminal. */
  lines: readonly string[];
  /** What has to be typed, or said by `--confirm`; absent: `y` or `--yes`. */
  expected?: string;
  /** The command to run instead, without a terminal. */
  command: string;
}

/**
 * Asks before something that exposes more people. `--yes` answers it, but where gray would reach everyone only
 * `--confirm` with the version does.
 * @throws Failure exit code 2 without a terminal, or if the answer is no.
 */
export async function confirm(call: Call, {lines, expected, command}: Question): Promise<void> {
  const {out, flags} = call;
  if (expected === undefined ? flags.yes : isSaid(flags.confirm, expected)) return;
  const byFlag = expected === undefined ? '--yes' : `--confirm ${inShell(expected)}`;
  if (expected !== undefined && (flags.yes || flags.confirm !== undefined)) {
    const why = flags.confirm === undefined ? '--yes alone does not' : `${quote(flags.confirm)} does not`;
    throw usage(
      `this brings gray to everyone, and ${why} confirm it`,
      `${command} ${byFlag}`,
      'not-confirmed',
    );
  }
  for (const line of lines) if (!out.isJson) out.say(line);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw usage(
      `this exposes more people, and there is no terminal to ask on`,
      `${command} ${byFlag}`,
      'not-confirmed',
    );
  }
  const answer = await ask(expected === undefined ? 'Go on? [y/N] ' : `Type ${expected} to go on: `, call);
  const isConfirmed = expected === undefined ? isYes(answer) : isSaid(answer, expected);
  if (!isConfirmed) throw declined();
}

/** Asks at the terminal whether this is done. Without a terminal the answer is no. */
export async function askDone(call: Call, item: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  return isYes(await ask(`${item}: done? [y/N] `, call));
}

function isYes(answer: string): boolean {
  return /^y(?:es)?$/iu.test(narrow(answer));
}

function isSaid(text: string | undefined, expected: string): boolean {
  return text !== undefined && narrow(text) === narrow(expected);
}

function inShell(word: string): string {
  return /^[\w.+:@/-]+$/u.test(word) ? word : quote(word);
}

/** An input method may write the same letters in their full width. */
function narrow(text: string): string {
  return text.normalize('NFKC').trim();
}

function declined(): Failure {
  return usage('not confirmed: nothing was changed', '', 'not-confirmed');
}

async function ask(prompt: string, call: Call): Promise<string> {
  const signal = call.interrupted();
  const terminal = createInterface({
    input: new PromptInput(process.stdin),
    output: process.stderr,
    terminal: true,
  });
  // In raw mode Ctrl+C arrives as a key.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<string>(resolve => terminal.once('close', () => resolve('')));
  try {
    return await Promise.race([terminal.question(prompt, {signal}).catch(() => ''), ended]);
  } finally {
    terminal.close();
  }
}
