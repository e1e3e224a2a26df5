/** Why no console can be drawn and no keys be read here, and what to do about it; `todo` is empty where nothing helps. */
export interface NoTerminal {
  readonly why: string;
  readonly todo: string;
}

/** Null where a console can be drawn and keys be read. @param verb of the command that would draw it */
export function noTerminal(
  env: Readonly<Record<string, string | undefined>>,
  verb: string,
): NoTerminal | null {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return {why: 'no terminal here', todo: ''};
  const {CI = '', TERM = ''} = env;
  if (TERM === 'dumb') return {why: 'no terminal here that can draw (TERM=dumb)', todo: ''};
  return ['', '0', 'false'].includes(CI)
    ? null
    : {
        why: `the variable CI is set (CI=${CI.slice(0, 20)}), so no console is drawn`,
        todo: `env -u CI graydeck ${verb}`,
      };
}
