import type {FeedbackType, Rating} from '../analysis/feedback/feedback.ts';
import type {AlertLevel} from '../release/plan.ts';
import type {Field} from './keys/field.ts';
import type {Tone} from './present/line.ts';

export type PanelName = 'metrics' | 'log' | 'fleet';

/** What waits for a `y`: the change as it was when the dialog opened, so that a `y` never confirms a change made since. */
export type Pending =
  | {action: 'rollback'; release: string}
  | {action: 'raise'; release: string; from: number; to: number}
  | {action: 'next'; release: string; phase: number; from: number}
  /** The wish of another person; `number` names it. */
  | {action: 'approve'; release: string; number: number}
  | {action: 'acknowledge'; alert: string};

export type Dialog =
  | {kind: 'confirm'; pending: Pending; isNudged: boolean}
  | {kind: 'percent'; field: Field; error: string | null}
  /** The version has to be typed: for `C`, and for 100 %. */
  | {
      kind: 'version';
      then: 'complete' | 'everyone' | 'next' | 'approve';
      release: string;
      /** Percent, phase and approval that were on the screen when the dialog opened. */
      from: number;
      phase: number;
      approval: number | null;
      field: Field;
      error: string | null;
    }
  | {kind: 'alert'; level: AlertLevel | null; field: Field; error: string | null}
  /** What a person says of a version; `isSent`: it is on its way. */
  | {
      kind: 'feedback';
      phase: string | null;
      version: string | null;
      type: FeedbackType | null;
      rating: Rating | null;
      field: Field;
      error: string | null;
      isSent: boolean;
    }
  /** How long a link lasts and what it shows; `lasts`: index into `LINK_LASTS_MS`. */
  | {kind: 'share'; lasts: number; isMasked: boolean; isSent: boolean; error: string | null}
  /** The link that runs. */
  | {kind: 'link'; isEnding: boolean; error: string | null}
  | {kind: 'palette'; field: Field; index: number}
  | {kind: 'filter'; panel: PanelName; field: Field}
  | {kind: 'help'; scroll: number}
  /** An entry of the log; `words`: what its hook has printed, null while that is read. */
  | {kind: 'entry'; row: string; scroll: number; words: readonly string[] | null}
  /** `endAt`: where the shown time ends, null: now; `cursor`: the moment whose values are shown, null: none. */
  | {kind: 'chart'; endAt: number | null; cursor: number | null};

export type ChartDialog = Extract<Dialog, {kind: 'chart'}>;

/** A sentence that answers a key. */
export interface Note {
  text: string;
  tone: Tone;
  /** The store's clock, milliseconds since 1970. */
  at: number;
}

/** All that the person at the keyboard has chosen. Nothing of the release is in here. */
export interface Ui {
  /** `fleet`: the list of all features has the screen. */
  screen: 'feature' | 'fleet';
  focus: 'metrics' | 'log';
  /** The picked feature of the list; null: the first. */
  feature: string | null;
  /** Name of the picked metric; null: the first. */
  metric: string | null;
  /** When it was picked, the store's clock: a rollback afterwards shows its cause. */
  metricAt: number;
  /** Id of the picked row of the log; null: none is picked. */
  logRow: string | null;
  /** Id of the first row of the log that is shown; null: the newest is, whatever arrives. */
  logTop: string | null;
  /** The panel with the keyboard has the room of all panels. */
  isZoomed: boolean;
  filters: Record<PanelName, string>;
  /** The bell was turned by hand: off where it would ring, on where it would not. */
  isBellTurned: boolean;
  /** How much of the past charts and sparklines show, milliseconds; null: the whole release. */
  zoomMs: number | null;
  dialog: Dialog | null;
  note: Note | null;
  /** What was done from here, for the farewell. */
  done: readonly {at: number; text: string}[];
}

/** How long a link may last, milliseconds; the first choice is two hours. */
export const LINK_LASTS_MS = [15, 30, 60, 120, 240, 480, 1440].map(minutes => minutes * 60_000);
export const LINK_LASTS_FIRST = 3;
const KEPT_AT_MOST = 20;

export const INITIAL_UI: Ui = {
  screen: 'feature',
  focus: 'metrics',
  feature: null,
  metric: null,
  metricAt: 0,
  logRow: null,
  logTop: null,
  isZoomed: false,
  filters: {metrics: '', log: '', fleet: ''},
  isBellTurned: false,
  zoomMs: null,
  dialog: null,
  note: null,
  done: [],
};

/** Whether a field of text has the keyboard. */
export function isTyping(dialog: Dialog | null): dialog is Extract<Dialog, {field: Field}> {
  if (dialog === null || !('field' in dialog)) return false;
  if (dialog.kind === 'feedback') return dialog.rating !== null && !dialog.isSent;
  return dialog.kind !== 'alert' || dialog.level !== null;
}

/** Changes that come from elsewhere than a key. */
export type UiChange =
  | {type: 'note'; note: Note}
  /** A key that is not allowed says so in the notice row. */
  | {type: 'refused'; at: number; text: string; tone?: Tone}
  | {type: 'done'; at: number; text: string; tone: Tone}
  | {type: 'level'; level: AlertLevel}
  /** What the hook of an opened entry has printed. */
  | {type: 'entry-words'; row: string; words: readonly string[]}
  | {type: 'feedback'; change: {type: FeedbackType} | {rating: Rating} | {error: string}}
  | {type: 'feedback-given'}
  /** A link was made. */
  | {type: 'link-made'}
  | {type: 'link-ended'; at: number; text: string}
  | {type: 'link-failed'; error: string};

/** The pure step from one state of the screen to the next. */
export function changeUi(ui: Ui, change: UiChange): Ui {
  switch (change.type) {
    case 'note':
      return {...ui, note: change.note};
    case 'refused': {
      const {at, text, tone = 'warn'} = change;
      return {...ui, note: {text, tone, at}};
    }
    case 'done': {
      const {at, text, tone} = change;
      return {...ui, note: {text, tone, at}, done: [...ui.done, {at, text}].slice(-KEPT_AT_MOST)};
    }
    case 'level':
      return ui.dialog?.kind === 'alert' ? {...ui, dialog: {...ui.dialog, level: change.level}} : ui;
    case 'entry-words':
      return ui.dialog?.kind === 'entry' && ui.dialog.row === change.row
        ? {...ui, dialog: {...ui.dialog, words: change.words}}
        : ui;
    case 'feedback':
      return ui.dialog?.kind === 'feedback'
        ? {...ui, dialog: {...ui.dialog, ...change.change, isSent: false}}
        : ui;
    case 'link-made':
      return ui.dialog?.kind === 'share' ? {...ui, dialog: {kind: 'link', isEnding: false, error: null}} : ui;
    case 'link-ended': {
      const dialog = ui.dialog?.kind === 'link' ? null : ui.dialog;
      return {...ui, dialog, note: {text: change.text, tone: 'plain', at: change.at}};
    }
    case 'link-failed':
      if (ui.dialog?.kind === 'share')
        return {...ui, dialog: {...ui.dialog, isSent: false, error: change.error}};
      return ui.dialog?.kind === 'link'
        ? {...ui, dialog: {...ui.dialog, isEnding: false, error: change.error}}
        : ui;
    case 'feedback-given':
      return ui.dialog?.kind === 'feedback' ? {...ui, dialog: null} : ui;
  }
}
