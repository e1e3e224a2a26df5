import type {Command} from './command.ts';
import {accept, already, refuse, type Decision} from './refusal.ts';
import {isLive, type Reason, type State} from './state.ts';
import {targetOf, wrongState} from './target.ts';

type GuardCommand = Extract<
  Command,
  {type: 'take-guard' | 'leave-guard' | 'verdict' | 'hold-clock' | 'run-clock'}
>;

/** What only the guard says: that it is there, what it judges, and whether the phase clock runs. */
export function decideGuard(state: State, command: GuardCommand): Decision {
  if (command.by.kind !== 'guard') return refuse('not-a-guard', 'only a guard says this', 'graydeck guard');
  if (command.type === 'take-guard')
    return accept({type: 'guard-taken', epoch: (state.guard?.epoch ?? 0) + 1});
  if (command.type === 'leave-guard') return accept({type: 'guard-left', epoch: state.guard?.epoch ?? 0});
  const target = targetOf(state, command.release);
  if ('decision' in target) return target.decision;
  const {release} = target;
  switch (command.type) {
    case 'verdict': {
      if (!isLive(release))
        return wrongState(release, [], 'only a live release is judged') ?? already('already-so');
      const isSame =
        release.verdict?.action === command.action &&
        codes(release.verdict.reasons) === codes(command.reasons);
      return isSame
        ? already('already-so')
        : accept({
            type: 'verdict-changed',
            release: release.id,
            action: command.action,
            reasons: command.reasons,
          });
    }
    case 'hold-clock': {
      if (release.clock.held === command.why) return already('already-so');
      return (
        wrongState(release, ['rolling', 'paused'], 'only a rolling release has a clock') ??
        accept({type: 'clock-held', release: release.id, why: command.why})
      );
    }
    case 'run-clock': {
      if (release.clock.held === null) return already('already-so');
      return (
        wrongState(release, ['rolling', 'paused'], 'only a rolling release has a clock') ??
        accept({type: 'clock-ran', release: release.id})
      );
    }
  }
}

/** A verdict changes its meaning with its action, its reasons and their metrics; not with every number. */
function codes(reasons: Reason[]): string {
  return JSON.stringify(reasons.map(({code, metric}) => [code, metric]));
}
