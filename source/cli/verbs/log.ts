import {once} from 'node:events';
import {plainText} from '../../text/plain-text.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import type {Call, Run} from '../call.ts';
import {commitDocument, commitLines, logDocument, printOutput} from '../output/log-lines.ts';
import {EXIT} from '../output/exit.ts';
import {openLook, using} from '../session/session.ts';

/**
 * `log [--follow]`: a line for each event, oldest first; with `--json` one document, or what comes as one a commit and
 * line. With `--output STEP` what a step has printed instead.
 */
export const run: Run = call => {
  const {out, flags} = call;
  // Before anything is said, so that no signal finds the verb unprepared.
  if (flags.follow) call.interrupted();
  return using(openLook(call), async look => {
    const {view} = look;
    if (flags.output !== undefined) {
      await printOutput(call, look, flags.output);
      return EXIT.done;
    }
    if (out.isJson && !flags.follow) {
      out.json(logDocument(view.feature, view.commits()));
      return EXIT.done;
    }
    const tell = commitLines(call, view.now());
    let told = 0;
    const catchUp = () => {
      for (const commit of view.commits()) {
        if (commit.version <= told) continue;
        told = commit.version;
        if (out.isJson) out.json(commitDocument(view.feature, commit));
        else for (const line of tell(commit)) out.data(line);
      }
    };
    catchUp();
    if (told === 0 && !flags.follow) out.say(`nothing happened to ${view.feature} yet`);
    if (flags.follow) {
      await follow(call, view, catchUp, () => {
        told = 0;
      });
    }
    return EXIT.done;
  });
};

/** Prints until a signal comes or stdout is closed. A log that broke is printed again from its start. */
async function follow(
  call: Call,
  view: ControllerView,
  catchUp: () => void,
  startAgain: () => void,
): Promise<void> {
  const signal = AbortSignal.any([call.interrupted(), call.out.closed]);
  let brokeAt = view.snapshot().lastBreak?.at ?? null;
  const stop = view.subscribe(() => {
    const {lastBreak, link} = view.snapshot();
    if (lastBreak !== null && lastBreak.at !== brokeAt) {
      brokeAt = lastBreak.at;
      startAgain();
      call.out.say(`the log did not hold: ${plainText(lastBreak.why, 200)}; it is read again from its start`);
    }
    if (link.state === 'up' && !signal.aborted) catchUp();
  });
  if (!signal.aborted) await once(signal, 'abort');
  stop();
}
