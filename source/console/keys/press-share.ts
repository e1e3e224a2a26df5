import type {ConsoleLink} from '../deck.ts';
import {LINK_LASTS_FIRST, LINK_LASTS_MS, type Dialog, type Ui} from '../ui.ts';
import {only, type PressContext, type Step} from './step.ts';

type ShareDialog = Extract<Dialog, {kind: 'share'}>;
type LinkDialog = Extract<Dialog, {kind: 'link'}>;

/** What `S` opens: the link that runs, or the question how long one is to last. */
export function shareDialog(link: ConsoleLink | null): ShareDialog | LinkDialog {
  return link === null
    ? {kind: 'share', lasts: LINK_LASTS_FIRST, isMasked: false, isSent: false, error: null}
    : {kind: 'link', isEnding: false, error: null};
}

const LONGER: ReadonlySet<string> = new Set(['Right', 'Up', 'l', 'k', '+']);
const SHORTER: ReadonlySet<string> = new Set(['Left', 'Down', 'h', 'j', '-']);

/** A key while the console asks how long a link is to last and what it shows. */
export function pressInShare(ui: Ui, dialog: ShareDialog, key: string): Step {
  if (dialog.isSent) return only(ui);
  const lasts = (by: 1 | -1): Step =>
    only({
      ...ui,
      dialog: {
        ...dialog,
        lasts: Math.min(LINK_LASTS_MS.length - 1, Math.max(0, dialog.lasts + by)),
        error: null,
      },
    });
  if (LONGER.has(key)) return lasts(1);
  if (SHORTER.has(key)) return lasts(-1);
  switch (key) {
    case 'm':
    case 'Tab':
      return only({...ui, dialog: {...dialog, isMasked: !dialog.isMasked, error: null}});
    case 'Enter': {
      const {lasts: index, isMasked} = dialog;
      const forMs = LINK_LASTS_MS[index] ?? 0;
      return only({...ui, dialog: {...dialog, isSent: true, error: null}}, {type: 'share', forMs, isMasked});
    }
    case 'q':
      return only({...ui, dialog: null});
    default:
      return only(ui);
  }
}

/** A key while the link is shown. */
export function pressOnLink(ui: Ui, dialog: LinkDialog, key: string, {link, t}: PressContext): Step {
  switch (key) {
    case 'c':
    case 'y':
      return link === null || link === undefined
        ? only(ui)
        : only(ui, {type: 'copy', text: link.link, name: link.link, said: t.share.copied});
    case 'e':
      return dialog.isEnding
        ? only(ui)
        : only({...ui, dialog: {...dialog, isEnding: true, error: null}}, {type: 'end-link'});
    case 'Enter':
    case 'S':
    case 'q':
      return only({...ui, dialog: null});
    default:
      return only(ui);
  }
}
