import type {Release} from '../../../release/state.ts';
import {clockwork} from '../../../text/format.ts';
import {loud, type Headline} from './headline.ts';
import {isEveryoneBack, rollbackResult} from '../rollback-result.ts';
import type {RouterStanding} from '../routers.ts';
import type {ViewModel} from '../view-model.ts';
import {timeOfDay} from '../moment.ts';

/** Since when it is paused, by whom, and why. */
function pausedHeadline({id, pausedReason}: Release, {reading, t, clean, mayAct}: ViewModel): Headline {
  const reason = pausedReason === null ? '' : clean.free(pausedReason);
  const {paused, pausedSince, pausedFor} = t.headlines;
  const commit = reading.commits.findLast(({events}) =>
    events.some(event => event.type === 'release-paused' && 'release' in event && event.release === id),
  );
  const hint = mayAct ? t.hints.resume : '';
  if (commit === undefined) return loud('‖', 'caution', paused('', reason, true), hint);
  const time = clockwork(reading.at - commit.at);
  const since = pausedSince(time, timeOfDay(commit.at), clean.who(commit.by));
  const shorter = [paused(since, reason, false), paused(pausedFor(time), reason, false)];
  return {...loud('‖', 'caution', paused(since, reason, true), hint), shorter};
}

/** What keeps gray from users or from being raised: it is disabled, or a raise waits for a second person. */
export function ofBarred({disabled, approval}: Release, {t, clean, mayAct}: ViewModel): Headline[] {
  const found: Headline[] = [];
  if (disabled !== null) {
    const reason = disabled.reason === null ? null : clean.free(disabled.reason);
    const [text = '', way = ''] = t.barred
      .disabled(disabled.why, clean.who(disabled.by), reason)
      .split('  → ');
    found.push(loud('■', 'caution', text, way));
  }
  if (approval !== null) {
    const {wish, askedBy, approvers} = approval;
    const yes = approvers.map(({by}) => clean.who(by)).join(', ');
    const [text = ''] = t.barred
      .approval(t.wish(wish, {user: id => clean.user(id)}), clean.who(askedBy), yes)
      .split('  → ');
    found.push(loud('?', 'caution', text, mayAct ? t.hints.approve : ''));
  }
  return found;
}

/** What the state of the release itself says: a failure, a rollback, a pause. */
export function ofTheRelease(release: Release, scene: ViewModel, routers: RouterStanding): Headline[] {
  const {t, clean, mayAct} = scene;
  switch (release.state) {
    case 'failed': {
      const step = release.steps.findLast(({state}) => state === 'failed');
      const name = step === undefined ? '' : t.steps[step.name];
      const endedAt = step?.endedAt ?? null;
      const at = endedAt === null ? '' : timeOfDay(endedAt);
      const tell = (when: string, error: string): string =>
        t.headlines.failed(name, when, error, step?.run === 'promotion');
      const text = tell(at, clean.free(step?.error ?? ''));
      // Its error stands among the steps, too.
      const shorter = [tell(at, ''), tell('', '')];
      return [{...loud('✖', 'alarm', text, mayAct ? t.hints.retryOrBack : ''), shorter}];
    }
    case 'rolling_back':
    case 'rolled_back': {
      const isThrough = isEveryoneBack(release, routers);
      const [text, ...shorter] = rollbackResult(release, scene, routers);
      return [{...loud(isThrough ? '✔' : '◀', isThrough ? 'relief' : 'caution', text), shorter}];
    }
    case 'completed':
      return [
        {
          mark: '✔',
          tone: 'good',
          isLoud: false,
          text: t.headlines.completed(clean.name(release.version)),
          hint: '',
        },
      ];
    case 'paused': {
      return [pausedHeadline(release, scene)];
    }
    case 'deploying':
    case 'promoting':
    case 'rolling':
      return [];
  }
}
