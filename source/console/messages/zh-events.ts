import type {Wish} from '../../release/approval.ts';
import {setPercent} from '../../text/format.ts';
import type {enEvents} from './en-events.ts';
import type {EventAbout} from './event-about.ts';
import {own} from '../../release/name.ts';
import {dayAndTime} from '../present/moment.ts';

const LEVELS = {info: '提示', warning: '警告', critical: '严重'} as const;
const OUTCOMES = {done: '完成', failed: '失败', skipped: '跳过'} as const;
const ACTIONS = {advance: '推进', hold: '保持', pause: '暂停', rollback: '回滚'} as const;

function because({reason}: EventAbout): string {
  return reason === null || reason === '' ? '' : `：“${reason}”`;
}

const DELIVERED = {done: '已送达', failed: '未送达', again: '将重发'} as const;
const KINDS: Readonly<Record<string, string>> = {escalated: '未确认：', over: '已解除：'};

function subject(dispatch: string, {alert, step}: EventAbout): string {
  const [kind = '', what = '', more = ''] = dispatch.split(' ');
  if (kind === 'rollback') return '回滚';
  if (kind === 'completed') return '完成';
  return kind === 'failed' ? `${step(more)} 失败` : `${own(KINDS, kind) ?? ''}${alert(what)}`;
}

/** A raise that waits for a second person, in Chinese. */
export function zhWish(wish: Wish, {user}: Pick<EventAbout, 'user'>): string {
  switch (wish.type) {
    case 'next':
      return '进入下一阶段';
    case 'set':
      return `${setPercent(wish.from)} → ${setPercent(wish.percent)}`;
    case 'complete':
      return '转正';
    case 'enable':
      return '启用灰度';
    case 'include':
      return `纳入用户 ${user(wish.user)}`;
    case 'remove':
      return `不再排除用户 ${user(wish.user)}`;
  }
}

/** What happened, in one row, in Chinese. */
export const zhEvents: typeof enEvents = {
  'release-started': ({version, over}, {name}) =>
    `开始发布 ${name(version)}${over === null ? '' : `，替换 ${name(over)}`}`,
  'phase-entered': ({phase, percent}, {phases, reason}) =>
    `第 ${phase + 1} 阶段 ${phases[phase]?.name ?? ''}，${setPercent(percent)}${reason === null ? '' : `：“${reason}”`}`,
  'phase-opening': ({to}, {phases}) =>
    `即将${phases[to] === undefined ? '转正' : `进入第 ${to + 1} 阶段 ${phases[to].name}`}：先执行钩子`,
  'percent-set': ({from, percent}, about) => `${setPercent(from)} → ${setPercent(percent)}${because(about)}`,
  'release-paused': (_, about) => `暂停${because(about)}`,
  'release-resumed': (_, about) => `继续${because(about)}`,
  'promotion-started': () => '开始转正：全部用户进灰度，随后升级生产',
  'release-completed': () => '完成：生产已是新版本',
  'release-failed': ({step: id, error}, {step, free}) =>
    `失败于${step(id)}${error === null ? '' : `：${free(error)}`}`,
  'rollback-started': ({fromPercent}, about) => `回滚，${setPercent(fromPercent)} → 0 %${because(about)}`,
  'release-rolled-back': () => '已回滚：所有步骤结束',
  'release-banned': ({release}, {name}) => `发布 ${name(release)} 不再允许提供服务`,
  'start-queued': ({version}, {name}) => `回滚结束后开始 ${name(version)}`,
  'queued-start-cancelled': () => '排队的发布已取消',
  'release-disabled': ({why, reason}, {free}) =>
    `已停用，全部用户走生产${
      {person: '', approval: '：需第二人启用（graydeck approve）', frozen: '：存储处于冻结期'}[why]
    }${reason === null ? '' : `：“${free(reason)}”`}`,
  'release-enabled': (_, about) => `已启用：用户重新进入灰度${because(about)}`,
  'approval-asked': ({number, wish, approvers}, about) =>
    `第 ${number} 次提升等待${approvers.length === 0 ? '两人' : '第二人'}批准：${zhWish(wish, about)}`,
  'approval-given': ({number, by}, {name}) => `${name(by)} 批准第 ${number} 次提升`,
  'gate-closed': ({step: id, words}, {step, free}) =>
    `${step(id)} 尚未放行${words === '' ? '' : `：${free(words)}`}`,
  'unknown-accepted': ({event}, {name, reason}) =>
    `跳过本版本不认识的“${name(event)}”${reason === null ? '' : `：“${reason}”`}`,
  'user-included': ({user: id}, {user}) => `用户 ${user(id)} 始终进灰度`,
  'user-denied': ({user: id}, {user}) => `用户 ${user(id)} 永不进灰度`,
  'user-removed': ({user: id}, {user}) => `用户 ${user(id)} 从两份名单中移除`,
  'step-started': ({step: id}, {step}) => `${step(id)} 开始`,
  'step-ended': ({step: id, outcome, error}, {step, free}) =>
    `${step(id)} ${OUTCOMES[outcome]}${error === null ? '' : `：${free(error)}`}`,
  'step-retried': ({step: id}, {step}) => `${step(id)} 重试`,
  'alert-raised': ({level, ...alert}, {says}) => `${LEVELS[level]} ${says(alert)}`,
  'alert-repeated': ({alert: id}, {alert}) => `再次：${alert(id)}`,
  'alert-acknowledged': ({alert: id}, {alert}) => `已确认：${alert(id)}`,
  'alert-resolved': ({alert: id}, {alert}) => `已解除：${alert(id)}`,
  'alert-escalated': ({alert: id}, {alert}) => `未确认：${alert(id)}`,
  'alerts-silenced': ({match, until, reason}, {free}) =>
    `静默含“${free(match)}”的告警，至 ${dayAndTime(until)}${reason === null ? '' : `：“${free(reason)}”`}`,
  'delivery-begun': ({dispatch, channels}, about) =>
    `正在通知 ${channels.map(({channel}) => about.name(channel)).join('、') || '没有渠道'}：${subject(dispatch, about)}`,
  'delivery-ended': ({dispatch, channel, outcome, error}, about) =>
    `${about.name(channel)} ${DELIVERED[outcome]}${error === null ? '' : `（${about.free(error)}）`}：${subject(dispatch, about)}`,
  'guard-taken': () => '守护程序接管',
  'guard-left': () => '守护程序离开：不再判定',
  'verdict-changed': ({action, reasons}, {verdict}) =>
    `判定 ${ACTIONS[action]}${reasons[0] === undefined ? '' : `：${verdict(reasons[0])}`}`,
  'clock-held': ({why}, {free}) => `阶段计时停止：${free(why)}`,
  'clock-ran': () => '阶段计时继续',
};
