/** More than this a terminal drops, bytes before encoding. */
const BYTES_AT_MOST = 50_000;

/**
 * What became of a text for the clipboard. `sent`: the terminal has it, and never answers. `tmux`: it is in the hands of tmux, whose
 * configuration decides. `cannot`: the terminal is known to drop it.
 */
export type Copied = {kind: 'sent'} | {kind: 'tmux'} | {kind: 'cannot'; terminal: string};

/** What a terminal does with a text for the clipboard (OSC 52), as far as its environment tells. */
export function clipboardOf(env: Readonly<Record<string, string | undefined>>): Copied {
  const {TERM = '', TERM_PROGRAM = '', TMUX, STY, VTE_VERSION} = env;
  if (TMUX !== undefined) return {kind: 'tmux'};
  if (STY !== undefined) return {kind: 'cannot', terminal: 'screen'};
  if (TERM === 'linux' || TERM === 'dumb' || TERM === 'vt100') return {kind: 'cannot', terminal: TERM};
  if (TERM_PROGRAM === 'Apple_Terminal') return {kind: 'cannot', terminal: 'Terminal.app'};
  // Terminals on this library learnt it with 0.76 at the earliest.
  if (VTE_VERSION !== undefined && Number(VTE_VERSION) < 7600)
    return {kind: 'cannot', terminal: `VTE ${VTE_VERSION}`};
  return {kind: 'sent'};
}

/** The control sequence that puts a text into the clipboard. What is too long ends early, at a whole character. */
export function clipboardSequence(text: string): string {
  const bytes = Buffer.from(text);
  const kept =
    bytes.length <= BYTES_AT_MOST
      ? bytes
      : Buffer.from(
          bytes
            .subarray(0, BYTES_AT_MOST)
            .toString()
            .replace(/\uFFFD+$/u, ''),
        );
  return `\u001B]52;c;${kept.toString('base64')}\u0007`;
}
