import type {FleetReading} from './present/fleet.ts';
import type {Feedback} from '../analysis/feedback/feedback.ts';
import type {Controller} from '../controller/outcome.ts';
import type {MonitorView} from '../monitor/monitor.ts';
import type {Actor} from '../release/command.ts';
import type {KeptOutput} from '../release/step.ts';
import type {Language} from '../text/language.ts';

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
  /** The feature that is watched. */
  readonly monitor: MonitorView;
  /** All features of the store, for `[` and `]`. */
  features(): Promise<string[]>;
  /** The newest summary of every feature, for the list; absent: there is no list. Rejects if the store is away. */
  summaries?(): Promise<FleetReading>;
  /** Whether the console opens with the list: the store has several features and none was named. */
  readonly beginsWithList?: boolean;
  /** Opens the deck of another feature; absent: `[` and `]` say that there is only this one. */
  open?(feature: string): Promise<Deck>;
  /** Opens the past of this feature, up to now; absent: there is no way back. */
  openPast?(): Promise<Deck>;
  /** This deck shows the past; absent: it is live. */
  readonly time?: TimeControl;
  /** Gives up what this deck holds, when the console turns to another feature. Not called on quit. */
  close?(): Promise<void>;
  /** Null when reading only: keys that change something are then neither bound nor listed. */
  readonly controller: Controller | null;
  /** Writes down what a person says of a version; absent when reading only. Rejects when it cannot. */
  giveFeedback?(feedback: Feedback): Promise<void>;
  /** Links by which others watch this feature; absent: this console makes none. */
  readonly sharing?: LinkSharing;
  /** Who else is at this feature. Rejects if the store is away. */
  presence?(): Promise<Attendance>;
  /** What a step of a release has printed, each attempt, oldest first; absent: it is not kept. Rejects if it cannot be read. */
  lastWords?(release: string, step: string): Promise<readonly KeptOutput[]>;
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

/** A link by which others watch a feature, made by this console. */
export interface ConsoleLink {
  link: string;
  /** When it ends, the store's clock, milliseconds since 1970. */
  until: number;
  isMasked: boolean;
  /** The command that makes the link reach another machine; null: it reaches others by itself. */
  tunnel: string | null;
  /** Whether this console serves the link; else a `graydeck serve` does. */
  isServedHere: boolean;
}

/** Who is at a feature. A console that only reads is not listed: it writes nothing. */
export interface Attendance {
  /** Names of the consoles that may act, this one too. */
  acting: readonly string[];
  /** How many watch by a link, whichever process serves it. */
  viewers: number;
}

/** Who is at the feature of a deck, and the link of this console. */
export interface Sharing extends Attendance {
  /** Null: this console has no link. */
  link: ConsoleLink | null;
}

/** Makes and ends the link of one feature. */
export interface LinkSharing {
  /** The link that runs; null: none does. */
  current(): ConsoleLink | null;
  /** Why the last link has ended; null: it runs, or there was none. */
  ending(): 'interrupted' | 'over' | 'revoked' | null;
  /** Makes a link. @param forMs milliseconds until it ends */
  begin(options: {forMs: number; isMasked: boolean}): Promise<ConsoleLink>;
  /** Ends the link: viewers go dark within two seconds. */
  end(): Promise<void>;
}

/** How the console ended. */
export interface ConsoleExit {
  /** 0 after `q`, 130 after Ctrl+C; 128 and its number after a signal. */
  code: number;
  signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | null;
}
