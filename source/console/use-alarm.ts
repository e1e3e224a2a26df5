import {useStdout} from 'ink';
import {useEffect, useRef} from 'react';
import type {Alarm} from './alarm.ts';
import {TerminalScreen} from './output/terminal-screen.ts';

/** Rings the terminal's bell for what is new, unless it is off, and names the window. Only where there is a terminal. */
export function useAlarm({heard, title}: Alarm, feature: string, rings: boolean): void {
  const {stdout} = useStdout();
  const known = useRef<{feature: string; heard: ReadonlySet<string>} | null>(null);
  const screen = stdout instanceof TerminalScreen ? stdout : null;
  const all = heard.join('\n');
  useEffect(() => {
    const before = known.current;
    const now = new Set(all === '' ? [] : all.split('\n'));
    known.current = {feature, heard: now};
    // What was so when the screen opened is on it already.
    if (before === null || before.feature !== feature || !rings) return;
    if (![...now].every(one => before.heard.has(one))) screen?.ring();
  }, [all, feature, rings, screen]);
  useEffect(() => screen?.nameWindow(title), [title, screen]);
}
