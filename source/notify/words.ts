import type {Language} from '../text/language.ts';
import type {DispatchKind} from '../release/dispatch.ts';
import type {AlertLevel} from '../release/plan.ts';
import type {ReleaseState} from '../release/state.ts';

type FirstWord = AlertLevel | Exclude<DispatchKind, 'raised'> | 'test';

const enStates: Record<ReleaseState, string> = {
  deploying: 'deploying',
  rolling: 'rolling',
  paused: 'paused',
  promoting: 'promoting',
  rolling_back: 'rolling back',
  completed: 'completed',
  rolled_back: 'rolled back',
  failed: 'failed',
};
const enFirst: Record<FirstWord, string> = {
  info: 'INFO',
  warning: 'WARNING',
  critical: 'CRITICAL',
  escalated: 'STILL CRITICAL',
  over: 'OVER',
  rollback: 'ROLLBACK',
  failed: 'FAILED',
  completed: 'COMPLETED',
  test: 'TEST',
};

const en = {
  first: enFirst,
  states: enStates,
  unseen: (text: string) => `not acknowledged: ${text}`,
  theRelease: 'the release',
  rolledBack: (version: string, from: number, reason: string) =>
    `${version} is rolled back, from ${from} %${reason === '' ? '' : `: ${reason}`}`,
  completed: (version: string) => `${version} is prod for everyone`,
  release: (version: string, over: string, state: string, phase: string, percent: number) =>
    `release ${version}${over === '' ? '' : ` over ${over}`}, ${state}${phase === '' ? '' : `, phase ${phase}`}, ${percent} %`,
  by: (moment: string, who: string) => `${moment}, by ${who}`,
  head: (version: number, id: string) => `log: version ${version}, ${id}`,
  lateMinutes: (minutes: number) => `, told ${minutes} min later`,
  lateHours: (hours: number) => `, told ${hours} h later`,
  seen: (command: string) => `seen it: ${command}`,
  takeBack: (command: string) => `take it back: ${command}`,
  standing: (command: string) => `how it stands: ${command}`,
  someTime: 'at an unknown time',
  and: '; ',
  channelFails: (name: string, error: string, tries: number) =>
    `${name} does not deliver: ${error}${tries === 0 ? '' : `, given up after ${tries} tries`}`,
  errors: {} as Readonly<Record<string, string>>,
  stuck: (version: string) =>
    `gray is bad, but prod is ${version} already and no demote hook leads back: a person decides`,
  overdue: (phase: string, plannedMinutes: number, minutes: number) =>
    `${phase} was to take ${plannedMinutes} min and has been there for ${minutes} min`,
  isOver: 'it is over by now',
  repeat: 'This may be a repeat: whether it was told before is not known.',
  repeatShort: '(may be a repeat)',
  test: 'this is a test: nothing has happened',
  testBy: (who: string) => `asked for by ${who}; the readers of this message get alerts`,
};

/** The words of a message. */
export type MessageWords = typeof en;

const zh: MessageWords = {
  first: {
    info: '提示',
    warning: '警告',
    critical: '严重',
    escalated: '仍未确认',
    over: '已解除',
    rollback: '回滚',
    failed: '失败',
    completed: '完成',
    test: '测试',
  },
  states: {
    deploying: '部署中',
    rolling: '放量中',
    paused: '已暂停',
    promoting: '转正中',
    rolling_back: '回滚中',
    completed: '已完成',
    rolled_back: '已回滚',
    failed: '失败',
  },
  unseen: text => `无人确认：${text}`,
  theRelease: '该版本',
  rolledBack: (version, from, reason) =>
    `${version} 回滚，原为 ${from} %${reason === '' ? '' : `：${reason}`}`,
  completed: version => `${version} 已面向所有用户`,
  release: (version, over, state, phase, percent) =>
    `发布 ${version}${over === '' ? '' : `，替换 ${over}`}，${state}${phase === '' ? '' : `，阶段 ${phase}`}，${percent} %`,
  by: (moment, who) => `${moment}，${who}`,
  head: (version, id) => `日志：版本 ${version}，${id}`,
  lateMinutes: minutes => `，${minutes} 分钟后通知`,
  lateHours: hours => `，${hours} 小时后通知`,
  seen: command => `确认：${command}`,
  takeBack: command => `回滚：${command}`,
  standing: command => `查看：${command}`,
  someTime: '时间未知',
  and: '；',
  channelFails: (name, error, tries) =>
    `${name} 未能送达：${error}${tries === 0 ? '' : `，尝试 ${tries} 次后放弃`}`,
  errors: {
    'it does not answer in time': '没有及时应答',
    'it does not answer': '没有应答',
    'no answer at its address': '该地址无人应答',
    'its host cannot be reached': '主机无法到达',
    'its network cannot be reached': '网络无法到达',
    'its host has no address': '主机名没有地址',
    'its host cannot be looked up now': '暂时无法解析主机名',
    'its address is none': '地址无效',
    'its address is not https': '地址不是 https',
    'it offers no secure connection': '不提供安全连接',
    'it takes neither sender nor receivers': '发件人与收件人均被拒绝',
    'it does not take this user and password': '用户名或密码不被接受',
    '535 user or password are wrong': '535 用户名或密码错误',
    'the connection broke': '连接中断',
    '200, but it answers with a page for people': '200，但返回的是网页',
  },
  stuck: version => `灰度有问题，但生产已是 ${version}，且没有 demote 钩子可以退回：需要由人决定`,
  overdue: (phase, plannedMinutes, minutes) =>
    `阶段 ${phase} 计划 ${plannedMinutes} 分钟，已停留 ${minutes} 分钟`,
  isOver: '现已解除',
  repeat: '可能重复：此前是否已通知无法确定。',
  repeatShort: '（可能重复）',
  test: '这是一条测试消息：什么也没有发生',
  testBy: who => `由 ${who} 发起；收到此消息的人会收到告警`,
};

/** The words of a language. */
export function messageWords(lang: Language): MessageWords {
  return lang === 'zh' ? zh : en;
}
