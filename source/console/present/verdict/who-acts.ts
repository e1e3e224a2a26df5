import type {VerdictAction} from '../../../release/command.ts';
import {say, type Line} from '../line.ts';
import type {ViewModel} from '../view-model.ts';

/** Names the process that acts on the verdict; a warning where a guard is needed and none is running. */
export function whoActs(action: VerdictAction, {reading, t, clean}: ViewModel): Line {
  const {guard} = reading.snapshot.state;
  const {acts} = t.verdict;
  const isCalm = action === 'hold';
  if (reading.isOwnGuard) return [say(`  ${isCalm ? acts.ownWatches : acts.own}`, 'quiet')];
  const isThere = guard !== null && !guard.left;
  const name = guard === null ? '' : clean.who(guard.name);
  if (isThere && reading.guardSilentMs === null)
    return [say(`  ${isCalm ? acts.watches(name) : acts.guard(name)}`, 'quiet')];
  const text = isThere ? acts.silent(name) : acts.noGuard;
  const isLoud = action === 'rollback' || action === 'pause';
  return [say('  '), isLoud ? say(` ▲ ${text} `, 'caution') : say(text, 'quiet')];
}
