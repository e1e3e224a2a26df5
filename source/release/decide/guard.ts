import type {Command} from '../command.ts';
import {accept, already, refuse, type Decision} from '../refusal.ts';
import {isLive, type Reason, type State, type Verdict} from '../state.ts';
import {targetOf, wrongState} from '../target.ts';

type GuardCommand = Extract<
  Command,
  {type: 'take-guard' | 'leave-guard' | 'verdict' | 'hold-clock' | 'run-clock'}
>;

/** Decides the commands that only a guard may send: its presence, its verdict, and the phase clock. */
export function decideGuard(state: State, command: GuardCommand): Decision {
  if (command.by.kind !== 'guard')
    return refuse('not-a-guard', 'only a guard sends this command', 'graydeck guard');
  if (command.type === 'take-guard') return decideTake(state, command);
  if (command.type === 'leave-guard') return accept({type: 'guard-left', epoch: state.guard?.epoch ?? 0});
  const target = targetOf(state, command.release);
  if ('decision' in target) return target.decision;
  const {release} = target;
  switch (command.type) {
    case 'verdict': {
      if (!isLive(release))
        return wrongState(release, [], 'only a live release is judged') ?? already('already-so');
      return isSameVerdict(release.verdict, command)
        ? already('already-so')
        : accept({
            type: 'verdict-changed',
            release: release.id,
            ...judged(command),
          });
    }
    case 'hold-clock': {
      if (release.clock.held === command.why) return already('already-so');
      return (
        wrongState(release, ['rolling', 'paused'], 'only a rolling release has a clock') ??
        accept({
          type: 'clock-held',
          release: release.id,
          why: command.why,
          ...(command.since === undefined ? {} : {since: command.since}),
        })
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

/**
 * Decides who guards. A guard that lost the lease before this command must not take over from its successor.
 */
function decideTake({guard}: State, {from}: Extract<Command, {type: 'take-guard'}>): Decision {
  const epoch = guard?.epoch ?? 0;
  if (from !== undefined && from !== epoch) {
    return refuse(
      'old-epoch',
      `${guard?.name ?? 'another guard'} has taken over with epoch ${epoch}`,
      'get the lease again first',
    );
  }
  return accept({type: 'guard-taken', epoch: epoch + 1});
}

/** Whether two verdicts have the same action, reason codes and metrics. Other numbers may differ. */
export function isSameVerdict(
  one: Pick<Verdict, 'action' | 'reasons'> | null,
  other: Pick<Verdict, 'action' | 'reasons'>,
): boolean {
  return one !== null && one.action === other.action && codes(one.reasons) === codes(other.reasons);
}

function codes(reasons: Reason[]): string {
  return JSON.stringify(reasons.map(({code, metric}) => [code, metric]));
}

/** The fields of a verdict to write. Without evidence, `onset` and `footing` are left out. */
function judged({action, reasons, onset = null, footing = null}: Omit<Verdict, 'at'>): Omit<Verdict, 'at'> {
  return {
    action,
    reasons,
    ...(onset === null ? {} : {onset}),
    ...(footing === null ? {} : {footing}),
  };
}
