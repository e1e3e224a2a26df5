import {bindings, type Action, type Binding, type KeyContext} from '../keys/keymap.ts';
import type {Messages} from '../messages/catalogue.ts';
import type {ChartDialog, Dialog} from '../ui.ts';
import {columnsOf, fit, say, widthOf, type Line, type Piece} from './line.ts';

/** Keys a shared label stands for: `+ - percent` is shorter than two entries. */
export const PAIRED: Partial<Record<Action, {other: Action; word: keyof Messages['footer']}>> = {
  raise: {other: 'lower', word: 'percent'},
  shorter: {other: 'longer', word: 'history'},
  'metric-before': {other: 'metric-after', word: 'metric'},
  'cursor-back': {other: 'cursor-on', word: 'cursor'},
  'pan-back': {other: 'pan-on', word: 'pan'},
};
/** Keys of the deck that an open chart lists, too. */
const OF_CHART: ReadonlySet<Action> = new Set(['rollback', 'shorter', 'longer', 'help', 'quit']);
/** Always there, whatever else has to go. */
const LAST: ReadonlySet<Action> = new Set(['help', 'quit']);

const NAMES: Readonly<Record<string, string>> = {
  Escape: 'Esc',
  Up: '↑',
  Down: '↓',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Left: '←',
  Right: '→',
  'Ctrl+c': 'Ctrl+C',
  'Ctrl+l': 'Ctrl+L',
  'Ctrl+z': 'Ctrl+Z',
};

/** Words of a key as the footer shows it. */
export function keyText(key: string): string {
  return NAMES[key] ?? key;
}

function entry(key: string, label: string): Piece[] {
  return [say(keyText(key), 'key'), say(` ${label}`, 'quiet')];
}

function entries(
  context: KeyContext,
  {mayAct, place, t}: {mayAct: boolean; place: Binding['place']; t: Messages},
): {binding: Binding; line: Line}[] {
  const isHere = (binding: Binding): boolean =>
    binding.place === place || (place === 'chart' && OF_CHART.has(binding.action));
  const usable = bindings(mayAct)
    .filter(binding => isHere(binding) && binding.footer > 0 && binding.whyNot(context) === null)
    .sort((a, b) => a.footer - b.footer);
  const paired = new Set<Action>();
  return usable.flatMap(binding => {
    if (paired.has(binding.action)) return [];
    const pair = PAIRED[binding.action];
    const second = usable.find(({action}) => action === pair?.other);
    const key = binding.keys[0] ?? '';
    if (pair === undefined || second === undefined)
      return [{binding, line: entry(key, t.keys[binding.action].short)}];
    paired.add(second.action);
    return [
      {
        binding,
        line: [...entry(key, '').slice(0, 1), say(' '), ...entry(second.keys[0] ?? '', t.footer[pair.word])],
      },
    ];
  });
}

/** The last row: the keys that work now, the most important first; what has no room is under `?`. */
export function footerLine(
  context: KeyContext,
  about: {
    mayAct: boolean;
    place: Binding['place'];
    /** Whether the store does not answer: then nothing can be changed; the headline names the way out. */
    isAway: boolean;
    extras: readonly {key: string; label: string}[];
    width: number;
    t: Messages;
  },
): Line {
  const {isAway, extras, width} = about;
  const between = say('  ·  ', 'quiet');
  const all = entries(context, about).filter(({binding}) => !isAway || !binding.changes);
  const last = all.filter(({binding}) => LAST.has(binding.action)).map(({line}) => line);
  const own = (about.place === 'chart' ? [] : extras).map(({key, label}) => entry(key, label));
  const first = all.filter(({binding}) => !LAST.has(binding.action)).map(({line}) => line);
  const gap = columnsOf(between.text);
  const total = (lines: readonly Line[]): number => lines.reduce((sum, line) => sum + widthOf(line) + gap, 0);
  let used = 1 + total(last) + total(own);
  const kept: Line[] = [];
  for (const line of first) {
    const wide = widthOf(line) + gap;
    // The first that has no room ends it: a key must not vanish while a lesser one stays.
    if (used + wide > width - 1 + gap) break;
    kept.push(line);
    used += wide;
  }
  const pieces: Piece[] = [say(' ')];
  for (const [index, line] of [...kept, ...own, ...last].entries()) {
    if (index > 0) pieces.push(between);
    pieces.push(...line);
  }
  return fit(pieces, width);
}

/** The last row while a dialog is open: what its keys do. */
export function dialogFooter(dialog: Exclude<Dialog, ChartDialog>, width: number, t: Messages): Line {
  const {dialogs} = t;
  const parts = (...pairs: (readonly [string, string])[]): Line =>
    fit(
      [
        say(' '),
        ...pairs.flatMap(([key, label], index) => [
          ...(index > 0 ? [say('  ·  ', 'quiet')] : []),
          ...entry(key, label),
        ]),
      ],
      width,
    );
  switch (dialog.kind) {
    case 'confirm':
      return parts(['y', dialogs.confirm[dialog.pending.action]], ['Esc', dialogs.no]);
    case 'percent':
      return parts(['Enter', dialogs.enter], ['Esc', dialogs.no]);
    case 'version':
      return parts(['Enter', dialogs.yes], ['Esc', dialogs.no]);
    case 'alert':
      return dialog.level === null
        ? parts(['↑ ↓', dialogs.move], ['Enter', dialogs.next], ['Esc', dialogs.no])
        : parts(['Enter', dialogs.send], ['Esc', t.keys.back.short]);
    case 'feedback':
      return dialog.rating === null
        ? parts(['↑ ↓', dialogs.move], ['Enter', dialogs.next], ['Esc', dialogs.no])
        : parts(['Enter', dialogs.send], ['Esc', t.keys.back.short]);
    case 'share':
      return parts(
        ['← →', t.share.choose],
        ['m', t.share.mask],
        ['Enter', t.share.begin],
        ['Esc', dialogs.no],
      );
    case 'link':
      return parts(['c', t.share.copy], ['e', t.share.end], ['Esc', dialogs.close]);
    case 'palette':
      return parts(['↑ ↓', dialogs.move], ['Enter', dialogs.run], ['Esc', dialogs.close]);
    case 'filter':
      return parts(['Enter', dialogs.filterKeep], ['Esc', dialogs.filterClear]);
    case 'help':
      return parts(['↑ ↓', dialogs.scroll], ['Esc', dialogs.close]);
    case 'entry':
      return parts(['↑ ↓', dialogs.scroll], ['y', t.keys.copy.short], ['Esc', dialogs.close]);
  }
}
