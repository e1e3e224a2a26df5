import type {ReleaseState} from '../../release/state.ts';

/** What the states of a release are called. */
export const zhStates: Readonly<Record<ReleaseState, string>> = {
  deploying: '部署中',
  rolling: '放量中',
  paused: '已暂停',
  promoting: '转正中',
  rolling_back: '回滚中',
  completed: '已完成',
  rolled_back: '已回滚',
  failed: '失败',
};
