import {extendTheme, defaultTheme, ThemeProvider} from '@inkjs/ui';
import {render} from 'ink';
import {useLayoutEffect, type ReactNode} from 'react';
import {Console} from './Console.tsx';
import type {ConsoleExit, Deck, Attendance} from './deck.ts';
import {farewell} from './farewell.ts';
import type {TerminalKeys} from './effects.ts';
import {InkStdin} from './input/ink-stdin.ts';
import {JobControl} from './job-control.ts';
import {clipboardOf} from './output/clipboard.ts';
import {TerminalScreen} from './output/terminal-screen.ts';
import {ThemeOfTones} from './panels/LineView.tsx';
import {COLORS, MONOCHROME} from './theme.ts';
import type {Ui} from './ui.ts';

const CODES = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131} as const;
type Signal = keyof typeof CODES;

const FIELDS = {
  components: {
    Select: {
      styles: {
        focusIndicator: () => ({bold: true}),
        selectedIndicator: () => ({}),
        label: ({isFocused}: {isFocused: boolean}) => ({bold: isFocused}),
      },
    },
  },
};

/** The terminal is ours for as long as something is drawn on it, in whatever way that ends. */
function OnScreen({screen, children}: {screen: TerminalScreen; children: ReactNode}): ReactNode {
  useLayoutEffect(() => {
    screen.open();
    return () => screen.close();
  }, [screen]);
  return children;
}

/**
 * Opens the console on the alternate screen and resolves once the person quits or a signal ends it; the terminal is
 * then as it was, with a farewell on it. Never exits the process: that is the caller's.
 */
export async function runConsole(deck: Deck): Promise<ConsoleExit> {
  const screen = new TerminalScreen(process.stdout);
  const keys = new InkStdin(process.stdin);
  const job = new JobControl(screen, keys);
  const terminal: TerminalKeys = {
    redraw: () => screen.redraw(),
    suspend: () => job.suspend(),
    copy(text) {
      const outcome = clipboardOf(process.env);
      if (outcome.kind !== 'cannot') screen.copy(text);
      return outcome;
    },
  };
  let watched = deck;
  let done: Ui['done'] = [];
  let presence: Attendance = {acting: [], viewers: 0};
  let signal: Signal | null = null;
  const onDone = (from: Deck, list: Ui['done'], others: Attendance): void => {
    watched = from;
    done = list;
    presence = others;
  };
  const app = render(
    <ThemeOfTones value={deck.mode.color ? COLORS : MONOCHROME}>
      <ThemeProvider theme={extendTheme(defaultTheme, FIELDS)}>
        <OnScreen screen={screen}>
          <Console deck={deck} onDone={onDone} terminal={terminal} />
        </OnScreen>
      </ThemeProvider>
    </ThemeOfTones>,
    {
      stdout: screen as unknown as NodeJS.WriteStream,
      stdin: keys as unknown as NodeJS.ReadStream,
      // Ink hands over whole frames; the screen draws what differs, and keeps the modes of the terminal.
      incrementalRendering: false,
      interactive: true,
      maxFps: 60,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  const stops = (Object.keys(CODES) as Signal[]).map(name => {
    const stop = (): void => {
      signal = name;
      app.unmount();
    };
    process.on(name, stop);
    return () => void process.off(name, stop);
  });
  job.begin();
  try {
    const left = await app.waitUntilExit();
    const code = signal === null ? (typeof left === 'number' ? left : 0) : CODES[signal];
    // After a hang-up the terminal is gone.
    if (signal !== 'SIGHUP') await screen.say(farewell(watched, done, presence));
    return {code, signal};
  } finally {
    for (const stop of stops) stop();
    job.end();
  }
}
