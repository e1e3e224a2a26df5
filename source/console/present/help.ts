import {bindings, type Action, type Binding, type KeyContext} from '../keys/keymap.ts';
import type {Messages} from '../messages/catalogue.ts';
import {keyText} from './footer.ts';
import {padEnd, say, type Line} from './line.ts';

const KEYS_WIDTH = 20;

/** The keys of a binding with what must follow: `r then y`, `Tab Right l`. */
export function keysText({keys, then}: Binding, t: Messages): string {
  const named = keys.map(key => keyText(key)).join(' ');
  return then === 'y' || then === 'version' ? `${named} ${t.then[then]}` : named;
}

/** Rows of the `?` overlay: every key there is, and why some do nothing now. */
export function helpRows(
  context: KeyContext,
  about: {mayAct: boolean; extras: readonly {key: string; label: string}[]; t: Messages},
): Line[] {
  const {mayAct, extras, t} = about;
  const rows = bindings(mayAct).map((binding): Line => {
    const why = binding.whyNot(context);
    const keys = padEnd(keysText(binding, t), KEYS_WIDTH);
    const {long} = t.keys[binding.action];
    if (why === null) return [say(keys, 'key'), say(long)];
    return [say(keys, 'quiet'), say(long, 'quiet'), say(`  — ${t.whyNot[why]}`, 'quiet')];
  });
  for (const {key, label} of extras) rows.push([say(padEnd(key, KEYS_WIDTH), 'key'), say(label)]);
  return rows;
}

/** Actions of the palette that match what is typed, the ones that work now first. */
export function paletteActions(context: KeyContext, mayAct: boolean, typed: string, t: Messages): Action[] {
  const wanted = typed.trim().toLowerCase();
  const matches = ({action}: Binding): boolean =>
    `${action} ${t.keys[action].short} ${t.keys[action].long}`.toLowerCase().includes(wanted);
  const found = bindings(mayAct).filter(
    binding => matches(binding) && binding.action !== 'palette' && binding.action !== 'back',
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
