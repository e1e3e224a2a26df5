import type {Release} from '../../release/state.ts';
import {loud, type Headline} from './headline.ts';
import {isEveryoneBack, rollbackResult} from './rollback-result.ts';
import type {RouterStanding} from './routers.ts';
import type {Scene} from './screen.ts';

/** What the state of the release itself says: a failure, a rollback, a pause. */
export function ofTheRelease(release: Release, scene: Scene, routers: RouterStanding): Headline[] {
  const {t, clean, mayAct} = scene;
  switch (release.state) {
    case 'failed': {
      const step = release.steps.findLast(({state}) => state === 'failed');
      const name = step === undefined ? '' : t.steps[step.name];
      return [
        loud(
          '✖',
          'alarm',
          t.headlines.failed(name, clean.free(step?.error ?? ''), step?.run === 'promotion'),
          mayAct ? t.hints.retryOrBack : '',
        ),
      ];
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
      const reason = release.pausedReason === null ? '' : clean.free(release.pausedReason);
      return [loud('‖', 'caution', t.headlines.paused(reason), mayAct ? t.hints.resume : '')];
    }
    case 'deploying':
    case 'promoting':
    case 'rolling':
      return [];
  }
}
