import type {Decision} from '../audience/decide.ts';
import {startOf} from '../release/well-formed.ts';

const LONGEST_USER = 100;

/**
 * Formats a line of the decision log: `[2026-11-23 12:00:00] Gray Routing - User: u-42, Feature: pay, Gray:
 * YES, IP: …`.
 */
export function decisionLine(
  at: Date,
  feature: string,
  user: string,
  {side, reason, version}: Decision,
  address: string | undefined,
): string {
  const time = at.toISOString().slice(0, 19).replace('T', ' ');
  const who = user === '' ? '-' : oneLine(user);
  const gray = side === 'gray' ? 'YES' : 'NO';
  return (
    `[${time}] Gray Routing - User: ${who}, Feature: ${feature}, Gray: ${gray}, ` +
    `IP: ${oneLine(address ?? 'unknown')}, Reason: ${reason}, Split: ${version}`
  );
}

/**
 * Shortens a text from outside and removes control characters, so that it cannot end the line or act on a
 * terminal.
 */
function oneLine(text: string): string {
  const short = text.length > LONGEST_USER ? `${startOf(text, LONGEST_USER)}…` : text;
  return short.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
}
