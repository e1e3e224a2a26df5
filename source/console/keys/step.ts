import type {TimeKey} from '../deck.ts';
import type {ChartTime} from '../chart-time.ts';
import type {History} from '../history.ts';
import type {Intent} from '../../release/command.ts';
import type {Action, KeyContext} from './keymap.ts';
import type {Line} from '../present/line.ts';
import type {Messages} from '../messages/catalogue.ts';
import type {Dialog, Ui} from '../ui.ts';

/** What a key asks for apart from the next screen. */
export type Effect =
  | {type: 'execute'; intent: Intent}
  | {type: 'quit'; code: number}
  /** Draws everything anew. */
  | {type: 'redraw'}
  /** Stops this process until its shell lets it go on. */
  | {type: 'suspend'}
  | {type: 'feature'; by: 1 | -1}
  /** Opens a feature of the list; `then`: and presses a key there. */
  | {type: 'open-feature'; feature: string; then?: string}
  /** To the past, or from there back to now; `isEnd`: or to the end of a recording. */
  | {type: 'time'; isEnd?: true}
  | {type: 'time-key'; key: TimeKey}
  | {type: 'extra'; key: string}
  /** Makes a link to this feature. */
  | {type: 'share'; forMs: number; isMasked: boolean}
  | {type: 'end-link'}
  /** Reads what the hook of an entry of the log has printed. */
  | {type: 'last-words'; row: string; release: string; step: string}
  /** Hands a text to the clipboard of the terminal. `said`: what the screen says where that works. */
  | {type: 'copy'; name: string; text: string; said?: string};

export interface Step {
  ui: Ui;
  effects: readonly Effect[];
}

/** What a key needs to know about the screen and the release. */
export interface PressContext extends KeyContext {
  t: Messages;
  at: number;
  mayAct: boolean;
  /** Whether the bell rings at critical alerts. */
  rings: boolean;
  /** The window cannot hold the deck: what a key would ask is not to be seen. */
  isTooSmall?: boolean;
  /** Rows on the screen, by key, in their order. */
  metrics: readonly string[];
  /** The metric that is lit now; null where there is none. */
  picked: string | null;
  /** Ids of the rows of the log, and the alert of each; null: it speaks of none. */
  logRows: readonly string[];
  /** All the time that charts can show, and what the chart draws; null where none is drawn. */
  whole: ChartTime;
  chart: History | null;
  logAlerts: readonly (string | null)[];
  /** How many rows of the log are seen at once; 0: the log is not on the screen. */
  logRoom: number;
  /** The step whose output an entry of the log shows; null: it is about no step. */
  stepOf(row: string): {release: string; step: string} | null;
  /** What `y` copies, and what it is called; null: nothing is picked. */
  copied(ui: Ui): {name: string; text: string} | null;
  /** All rows of the open dialog where they may be more than fit, and how many are out of sight. */
  tall: readonly Line[];
  scrollMost: number;
  /** The features of the list, in their order, as far as they match the filter. */
  fleet: readonly string[];
  /** Actions the palette lists for what is typed. */
  palette(typed: string): readonly Action[];
  extras: readonly string[];
  newId(): string;
}

/** A step that ends here, with what has to be done. */
export function only(ui: Ui, ...effects: Effect[]): Step {
  return {ui, effects};
}

/** Opens a dialog; the sentence of the key before goes. */
export function open(ui: Ui, dialog: Dialog): Step {
  return only({...ui, dialog, note: null});
}
