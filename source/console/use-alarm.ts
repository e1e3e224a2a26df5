import {useStdout} from 'ink';
import {useEffect, useRef} from 'react';
import {KEEP_TITLE, nameWindow, OWN_TITLE, RING, type Alarm} from './alarm.ts';

/** Rings the terminal's bell for what is new, unless it is off, and names the window. Only where there is a terminal. */
export function useAlarm({heard, title}: Alarm, feature: string, rings: boolean): void {
  const {stdout} = useStdout();
  const known = useRef<{feature: string; heard: ReadonlySet<string>} | null>(null);
  const isTerminal = 'isTTY' in stdout && stdout.isTTY === true;
  const all = heard.join('\n');
  useEffect(() => {
    const before = known.current;
    const now = new Set(all === '' ? [] : all.split('\n'));
    known.current = {feature, heard: now};
    // What was so when the screen opened is on it already.
    if (before === null || before.feature !== feature || !isTerminal || !rings) return;
    if (![...now].every(one => before.heard.has(one))) stdout.write(RING);
  }, [all, feature, isTerminal, rings, stdout]);
  useEffect(() => {
    if (title === null || !isTerminal) return;
    stdout.write(`${KEEP_TITLE}${nameWindow(title)}`);
    return () => void stdout.write(OWN_TITLE);
  }, [title, isTerminal, stdout]);
}
