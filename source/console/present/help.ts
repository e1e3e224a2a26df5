import {bindings, KEYMAP, type Action, type Binding, type KeyContext, type WhyNot} from '../keys/keymap.ts';
import type {Messages} from '../messages/catalogue.ts';
import {keyText, PAIRED} from './footer.ts';
import {columnsOf, fit, padEnd, say, type Line} from './line.ts';

/** The keys of a binding with what must follow: `r then y`, `Tab Right l`. */
export function keysText({keys, then}: Binding, t: Messages): string {
  const named = keys.map(key => keyText(key)).join(' ');
  return then === 'y' || then === 'version' ? `${named} ${t.then[then]}` : named;
}

/** What keys are for, in the order of the overlay's columns. */
const GROUPS = ['act', 'look', 'move'] as const;
const MOVING: ReadonlySet<Action> = new Set([
  'page-up',
  'page-down',
  'first',
  'last',
  'panel',
  'panel-before',
  'up',
  'down',
  'feature-before',
  'feature-after',
  'back',
  'redraw',
  'suspend',
  'quit',
]);

const OF_ANOTHER_TIME: ReadonlySet<string> = new Set<WhyNot>(['not-in-past', 'in-past']);

function groupOf({action, changes}: Binding): (typeof GROUPS)[number] {
  if (changes) return 'act';
  return MOVING.has(action) ? 'move' : 'look';
}

/** The keys of a binding that fit, the first one always; `y` where it has to follow. */
function shortKeys({keys, then}: Binding, width: number): string {
  const [first = '', ...more] = keys.map(key => keyText(key));
  let text = then === 'y' ? `${first} y` : first;
  for (const key of more) if (columnsOf(text) + 1 + columnsOf(key) <= width) text += ` ${key}`;
  return text;
}

/**
 * Rows of the `?` overlay: every key there is, in a column for each group, so that all of them are seen at once on a
 * screen of 80x24. What does nothing now is faint: pressing it says why, and the palette has all the words.
 */
export function helpRows(
  context: KeyContext,
  about: {mayAct: boolean; extras: readonly {key: string; label: string}[]; t: Messages; width: number},
): Line[] {
  const {mayAct, extras, t, width} = about;
  // Keys of the clock stand there only where the clock can be turned.
  const usable = bindings(mayAct).filter(({whyNot}) => !OF_ANOTHER_TIME.has(whyNot(context) ?? ''));
  const groups = GROUPS.filter(group => usable.some(binding => groupOf(binding) === group));
  const columnWidth = Math.floor(width / groups.length);
  const keysWidth = Math.floor(columnWidth * 0.4);
  const row = (keys: string, words: string, isFaint = false): Line =>
    fit(
      [
        say(padEnd(keys, keysWidth), isFaint ? 'frame' : 'key'),
        say(words, isFaint ? 'frame' : 'plain'),
        say(' '),
      ],
      columnWidth,
    );
  const columns = groups.map((group, index) => [
    fit([say(t.groups[group], 'title')], columnWidth),
    ...usable
      .filter(({place, action}) => place === 'deck' && !SECONDS.has(action))
      .filter(binding => groupOf(binding) === group)
      .map(binding => row(...wordsOf(binding, keysWidth - 1, t), binding.whyNot(context) !== null)),
    ...(index === 0 ? extras.map(({key, label}) => row(key, label)) : []),
    ...(group === 'move'
      ? [fit([say(t.groups.chart, 'title')], columnWidth), ...chartRows(usable, t, row)]
      : []),
  ]);
  const height = Math.max(...columns.map(({length}) => length));
  const blank = fit([], columnWidth);
  return Array.from({length: height}, (_, at) => columns.flatMap(column => column[at] ?? blank));
}

/** Two keys that go opposite ways share a row, under the action of the first. */
const PAIRS: Readonly<Partial<Record<Action, Action>>> = {
  raise: 'lower',
  shorter: 'longer',
  'feature-before': 'feature-after',
  panel: 'panel-before',
  up: 'down',
  'page-up': 'page-down',
  first: 'last',
};
const SECONDS: ReadonlySet<Action> = new Set(Object.values(PAIRS));

/** The keys of a row and what they do. */
function wordsOf(binding: Binding, width: number, t: Messages): [keys: string, words: string] {
  const second = PAIRS[binding.action];
  if (second === undefined) return [shortKeys(binding, width), t.keys[binding.action].short];
  const other = KEYMAP.find(({action}) => action === second);
  const keys = [binding.keys[0] ?? '', other?.keys[0] ?? ''].map(key => keyText(key)).join(' ');
  return [keys, t.pairs[binding.action] ?? t.keys[binding.action].short];
}

/** The keys of an open chart, both directions in one row. */
function chartRows(
  usable: readonly Binding[],
  t: Messages,
  row: (keys: string, words: string) => Line,
): Line[] {
  return usable.flatMap(({action, keys: [key = ''], place}) => {
    const pair = PAIRED[action];
    const other = usable.find(binding => binding.action === pair?.other)?.keys[0];
    if (place !== 'chart' || pair === undefined || other === undefined) return [];
    return [row(`${keyText(key)} ${keyText(other)}`, t.footer[pair.word])];
  });
}

/** Actions of the palette that match what is typed, the ones that work now first. */
export function paletteActions(context: KeyContext, mayAct: boolean, typed: string, t: Messages): Action[] {
  const wanted = typed.trim().toLowerCase();
  const matches = ({action}: Binding): boolean =>
    `${action} ${t.keys[action].short} ${t.keys[action].long}`.toLowerCase().includes(wanted);
  const found = bindings(mayAct).filter(
    binding =>
      binding.place === 'deck' &&
      matches(binding) &&
      binding.action !== 'palette' &&
      binding.action !== 'back',
  );
  const usable = found.filter(binding => binding.whyNot(context) === null);
  return [...usable, ...found.filter(binding => !usable.includes(binding))].map(({action}) => action);
}

/** The keyboard as a table in Markdown, for the documents: what the contract promises, then this console's own. */
export function keyTable(t: Messages): string {
  const rows = bindings(true).map(binding => {
    const keys = binding.keys.map(key => `\`${key}\``).join(' ');
    const then = binding.then === 'y' ? ' then `y`' : binding.then === 'version' ? ` ${t.then.version}` : '';
    return `| ${keys}${then} | ${t.keys[binding.action].long} |`;
  });
  return ['| key | does |', '| --- | --- |', ...rows].join('\n');
}
