import {setPercent} from '../../text/format.ts';
import type {Refusal, RefusalCode} from '../../release/refusal.ts';
import type {ReleaseState} from '../../release/state.ts';
import {zhStates} from './zh-states.ts';

/** What stands in the way, where no fact says it better. */
const WHAT: Readonly<Record<RefusalCode, string>> = {
  'nothing-live': '没有进行中的发布',
  'already-live': '已有发布在进行中',
  'other-release': '现在已不是这个发布',
  'wrong-state': '当前状态不允许',
  'moved-on': '情况已变',
  'last-phase': '这是最后一个阶段',
  'entry-gate': '前面阶段的条件尚未全部满足',
  'bad-percent': '百分比应在 0 到 100 之间，最多两位小数',
  'bad-input': '输入不符合要求',
  'window-over': '已超过可回滚的时间',
  'no-failed-step': '没有失败的步骤可以重试',
  'unknown-step': '没有这个步骤',
  'unknown-alert': '没有这条告警',
  'unknown-dispatch': '没有这条通知',
  'step-order': '步骤次序不对',
  'step-running': '该步骤正在运行',
  'old-epoch': '另一个守护程序已接管',
  'verdict-against': '判定不允许',
  'needs-person': '只能由人操作',
  'not-a-guard': '只有守护程序可以',
  'newer-log': '日志由更新版本的 Graydeck 写入',
  frozen: '处于冻结期，不允许提升',
  disabled: '发布已停用，全部用户走生产',
  'outside-hours': '不在允许提升的时间内',
  'needs-approval': '计划要求两人批准，您已批准过',
  'needs-actors': '计划要求两人批准，而此处无法区分不同的人',
  'nothing-asked': '没有等待批准的提升',
};

/** Of these the English sentence holds something that no code says: it stands behind the Chinese one in a shell. */
const WITH_DETAIL: ReadonlySet<string> = new Set<RefusalCode>([
  'bad-input',
  'bad-percent',
  'unknown-step',
  'unknown-alert',
  'unknown-dispatch',
  'step-order',
  'step-running',
  'old-epoch',
  'verdict-against',
  'needs-person',
  'newer-log',
  'frozen',
  'outside-hours',
  'needs-approval',
  'needs-actors',
]);

/** In a sentence about a release: what has failed is one of its steps. */
const STATES: Readonly<Record<ReleaseState, string>> = {...zhStates, failed: '有步骤失败'};

/** What to type. */
const TYPE: Readonly<Partial<Record<RefusalCode, string>>> = {
  'nothing-live': 'graydeck start VERSION',
  'already-live': 'graydeck complete 完成它，graydeck rollback 回滚它，或用 --supersede 开始',
  'other-release': 'graydeck status 再看一眼',
  'moved-on': 'graydeck status 再看一眼，再决定',
  'last-phase': 'graydeck complete 转正',
  'entry-gate': '等守护程序确认，或用 graydeck next --reason 说明理由',
  'window-over': 'graydeck start VERSION 发布旧版本',
  'no-failed-step': 'graydeck status 列出步骤',
  'unknown-step': 'graydeck status 列出步骤',
  'unknown-alert': 'graydeck status 列出告警',
  'unknown-dispatch': 'graydeck log 看发生过什么',
  'newer-log':
    '请升级，或由人承担：graydeck doctor --accept-unknown --reason 理由；现在仍可 graydeck rollback',
  frozen: '等冻结期结束，或 graydeck freeze lift 解除',
  disabled: 'graydeck enable 启用',
  'outside-hours': '守护程序会在允许的时间内继续',
  'needs-approval': '由另一人以自己的账号执行 graydeck approve',
  'needs-actors': '为每个人建立各自的 Redis 用户：graydeck acl operator',
  'nothing-asked': 'graydeck status 再看一眼',
};
const TYPE_IN: Readonly<Record<ReleaseState, string>> = {
  deploying: '等部署完成：graydeck status',
  rolling: 'graydeck status',
  paused: 'graydeck resume 继续',
  promoting: '等转正完成：graydeck status',
  rolling_back: '等回滚结束：graydeck status',
  completed: 'graydeck start VERSION',
  rolled_back: 'graydeck start VERSION',
  failed: 'graydeck retry 重试，或 graydeck rollback 回滚',
};

/** What stands in the way, in Chinese: by code and facts. */
export function zhRefusal({code, message, facts = {}}: Pick<Refusal, 'code' | 'message' | 'facts'>): string {
  const {version = '', state, percent, phase} = facts;
  if (state !== undefined) {
    const is = `${version} ${STATES[state]}`.trim();
    return code === 'wrong-state' ? `${is}，此时不允许` : is;
  }
  if (percent !== undefined) return `现在已是 ${setPercent(percent)}`;
  if (phase !== undefined) return `现在已在第 ${phase.index + 1} 阶段 ${phase.name}`;
  return WHAT[code] ?? message;
}

/** The same for a shell, with what to type. */
export function zhRefusalTyped(refusal: Refusal): {message: string; next: string} {
  const {code, message, remedy, facts} = refusal;
  const detail = WITH_DETAIL.has(code) ? `（${message}）` : '';
  const inState = code === 'wrong-state' && facts?.state !== undefined ? TYPE_IN[facts.state] : null;
  return {message: `${zhRefusal(refusal)}${detail}`, next: inState ?? TYPE[code] ?? remedy};
}

/** Whether a word for machines is one of a refusal. */
export function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(WHAT, code);
}

/** What a fault of the store is, by its code. */
const STORE: Readonly<Record<string, string>> = {
  'store-unreachable': '存储无法连接',
  'store-bad-url': '存储地址不对',
  'store-refused': '存储拒绝了请求',
  'store-full': '存储空间已满',
  'store-not-ours': '存储里不是 Graydeck 的数据',
  'store-no-rights': '没有访问存储的权限',
  'store-clock-behind': '存储的时钟落后',
  'log-broken': '日志不连续',
};

/** A fault of the store in Chinese; null for any other. */
export function zhStoreFault(code: string): string | null {
  return Object.hasOwn(STORE, code) ? (STORE[code] ?? null) : null;
}
