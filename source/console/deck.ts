import type {StreamStatus, WindowView} from '../analysis/numbers.ts';
import type {Judged} from '../analysis/judge/judged.ts';
import type {Report} from '../audience/applied.ts';
import type {Controller, ControllerView} from '../controller/outcome.ts';
import type {Feedback} from '../analysis/feedback/feedback.ts';
import type {ExternalLike} from './present/sides/elsewhere.ts';
import type {Actor} from '../release/command.ts';
import type {Language} from './messages/catalogue.ts';

/** How the store answers, as the light in the header shows it. Durations in milliseconds. */
export type StoreHealthLike =
  | {state: 'up'; pingMs: number}
  /** `sinceMs`: for how long already. */
  | {state: 'away'; why: string; sinceMs: number};

/** Something else that feeds the console and may fail: Prometheus. `lag`: age of its newest answer. */
export interface SourceLight {
  name: string;
  /** `opening`: asked, not answered yet. */
  state: 'up' | 'away' | 'absent' | 'opening';
  /** Age of the newest answer, milliseconds; null where there was none yet. */
  ageMs: number | null;
  why: string | null;
}

/** A key that only this deck has: the demo's `x`, for example. */
export interface ExtraKey {
  key: string;
  /** What it does, short enough for the footer. */
  label: string;
  /** Called on the key; what it resolves to is shown in the notice row. */
  run: () => string | Promise<string>;
}

/** Where one is in a recording; moments in milliseconds since 1970. */
export interface TimeReading {
  speed: number;
  isRunning: boolean;
  from: number;
  to: number;
}

/** What a key does to the moment that is shown; `step` in milliseconds. */
export type TimeKey =
  {type: 'step'; by: number} | {type: 'faster'} | {type: 'slower'} | {type: 'to'; at: number};

/** A deck that shows what was: the clock is in the viewer's hand. */
export interface TimeControl {
  reading(): TimeReading;
  press(key: TimeKey): void;
}

export interface ConsoleMode {
  readOnly: boolean;
  /** On a shared screen: ids, hosts, names and free text are masked, nothing can be changed. */
  share: boolean;
  lang: Language;
  /** False: no colour codes at all. */
  color: boolean;
  /** A simulated service: said in the header. */
  demo: boolean;
}

/** Everything the console watches and acts on. Wired by the command line; the console knows no adapter. */
export interface Deck {
  readonly feature: string;
  /** All features of the store, for `[` and `]`. */
  features(): Promise<string[]>;
  /** Opens the deck of another feature; absent: `[` and `]` say that there is only this one. */
  open?(feature: string): Promise<Deck>;
  /** Opens what was, up to now, of this feature; absent: there is no way back. */
  openPast?(): Promise<Deck>;
  /** This deck shows what was; absent: it is live. */
  readonly time?: TimeControl;
  /** Gives up what this deck holds, when the console turns to another feature. Not called on quit. */
  close?(): Promise<void>;
  readonly view: ControllerView;
  /** Null when reading only: keys that change something are then neither bound nor listed. */
  readonly controller: Controller | null;
  readonly windows: WindowView;
  stream(): StreamStatus;
  /** Calls when measurements, routers or lights may have changed; as often as it likes. Returns the way to stop. */
  subscribe(listener: () => void): () => void;
  readonly store: {readonly kind: string; readonly label: string; health(): StoreHealthLike};
  /** Newest report of every router known; empty when there are none. */
  routers(): readonly Report[];
  /** Lights beside the store's. Absent or empty: Prometheus is shown as absent. */
  sources?(): readonly SourceLight[];
  /** Metrics that these sources tell; their numbers stand in `windows` too. */
  externals?(): readonly ExternalLike[];
  /** For how long the guard that the log names has not shown itself, milliseconds; null or absent: it does. */
  guardSilentMs?(): number | null;
  /** Epoch under which this very process guards; null or absent: it does not. It leaves with the console. */
  ownEpoch?(): number | null;
  /** The judgement of the last second: this process's own guard's, or of who only looks; null or absent: none yet. */
  judged?(): Judged | null;
  /** Writes down what a person says of a version; absent when reading only. Rejects when it cannot. */
  giveFeedback?(feedback: Feedback): Promise<void>;
  /** Who to turn to, as the configuration says; the plan of the release adds its own. */
  readonly contacts?: Readonly<Record<string, string>>;
  /** False: the terminal's bell is off until a key turns it on. */
  readonly bell?: boolean;
  readonly actor: Actor;
  readonly mode: ConsoleMode;
  readonly extras: readonly ExtraKey[];
  /** A fresh random id, for alerts. */
  newId(): string;
}

/** How the console ended. */
export interface ConsoleExit {
  /** 0 after `q`, 130 after Ctrl+C; 128 and its number after a signal. */
  code: number;
  signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | null;
}
