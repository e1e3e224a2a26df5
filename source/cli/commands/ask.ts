import {createInterface} from 'node:readline/promises';
import type {Call} from '../call.ts';
import {usage, type Failure} from '../output/failure.ts';
import {PromptInput} from './prompt-input.ts';

export interface Question {
  /** What follows from a yes, before → after; printed also without a terminal. */
  lines: readonly string[];
  /** What has to be typed; absent: `y`. */
  expected?: string;
  /** The command to run instead, without a terminal. */
  command: string;
}

/**
 * Asks before something that exposes more people. With `--yes` it only says what will be.
 * @throws Failure exit code 2 without a terminal, or if the answer is no.
 */
export async function confirm(call: Call, {lines, expected, command}: Question): Promise<void> {
  const {out, flags} = call;
  if (flags.yes) return;
  for (const line of lines) if (!out.isJson) out.say(line);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw usage(
      `this exposes more people, and there is no terminal to ask on`,
      `${command} --yes`,
      'not-confirmed',
    );
  }
  const answer = await ask(expected === undefined ? 'Go on? [y/N] ' : `Type ${expected} to go on: `, call);
  const isConfirmed = expected === undefined ? isYes(answer) : narrow(answer) === narrow(expected);
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
