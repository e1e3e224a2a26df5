import {extendTheme, defaultTheme, ThemeProvider} from '@inkjs/ui';
import {render} from 'ink';
import {Console} from './Console.tsx';
import type {ConsoleExit, ConsoleStreams, Deck} from './deck.ts';
import {farewell} from './farewell.ts';
import {InkStdin} from './input/ink-stdin.ts';
import {ThemeOfTones} from './panels/LineView.tsx';
import {COLORS, MONOCHROME} from './theme.ts';
import type {Ui} from './ui.ts';

const CODES = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;
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

/**
 * Opens the console on the alternate screen and resolves once the person quits or a signal ends it; the terminal is
 * then as it was, with a farewell on it. Never exits the process: that is the caller's.
 */
export async function runConsole(deck: Deck, streams: ConsoleStreams = {}): Promise<ConsoleExit> {
  const {stdout = process.stdout, stdin = process.stdin} = streams;
  let watched = deck;
  let done: Ui['done'] = [];
  let signal: Signal | null = null;
  const onDone = (from: Deck, list: Ui['done']): void => {
    watched = from;
    done = list;
  };
  const app = render(
    <ThemeOfTones value={deck.mode.color ? COLORS : MONOCHROME}>
      <ThemeProvider theme={extendTheme(defaultTheme, FIELDS)}>
        <Console deck={deck} onDone={onDone} />
      </ThemeProvider>
    </ThemeOfTones>,
    {
      stdout,
      stdin: new InkStdin(stdin) as unknown as NodeJS.ReadStream,
      alternateScreen: true,
      incrementalRendering: true,
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
  try {
    const left = await app.waitUntilExit();
    const code = signal === null ? (typeof left === 'number' ? left : 0) : CODES[signal];
    // After a hang-up nobody is there to read it.
    if (signal !== 'SIGHUP') stdout.write(farewell(watched, done));
    return {code, signal};
  } finally {
    for (const stop of stops) stop();
  }
}
