import type {Run} from '../call.ts';
import {completionsFor} from '../command-line/completions.ts';
import {EXIT} from '../output/exit.ts';

/** `completions SHELL`: the script, made from the tables of verbs and flags. */
export const run: Run = async ({args, out}) => {
  const [shell] = args;
  const script = completionsFor(shell === 'zsh' || shell === 'fish' ? shell : 'bash');
  if (out.isJson) out.json({schema: 'graydeck.completions/1', shell, script});
  else out.data(script.trimEnd());
  return EXIT.done;
};
