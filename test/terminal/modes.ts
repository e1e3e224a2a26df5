import type {Terminal} from '@xterm/headless';

/** Private modes that a program may switch on and must have switched off again when it has ended. */
const privateModes: ReadonlyMap<number, string> = new Map([
  [47, 'alternate screen'],
  [1047, 'alternate screen'],
  [1049, 'alternate screen'],
  [9, 'mouse'],
  [1000, 'mouse'],
  [1002, 'mouse'],
  [1003, 'mouse'],
  [1004, 'focus reports'],
  [2004, 'bracketed paste'],
  [2026, 'synchronized output'],
]);

/** The names of the modes that are on now, kept up to date while the terminal reads; a hidden cursor is one. */
export function watchModes(terminal: Terminal): ReadonlySet<string> {
  const on = new Set<string>();
  const turn = (name: string, isOn: boolean) => (isOn ? on.add(name) : on.delete(name));
  // "false" lets the terminal read the sequence as well.
  const onPrivate = (isOn: boolean) => (parameters: (number | number[])[]) => {
    for (const parameter of parameters.flat()) {
      const name = privateModes.get(parameter);
      if (name !== undefined) {
        turn(name, isOn);
      }
      if (parameter === 25) {
        turn('hidden cursor', !isOn);
      }
      if (parameter === 7) {
        turn('no wrapping', !isOn);
      }
    }
    return false;
  };
  const onKeyboard = (isOn: boolean) => () => {
    turn('kitty keyboard', isOn);
    return false;
  };
  terminal.parser.registerCsiHandler({prefix: '?', final: 'h'}, onPrivate(true));
  terminal.parser.registerCsiHandler({prefix: '?', final: 'l'}, onPrivate(false));
  terminal.parser.registerCsiHandler({prefix: '>', final: 'u'}, onKeyboard(true));
  terminal.parser.registerCsiHandler({prefix: '<', final: 'u'}, onKeyboard(false));
  return on;
}
