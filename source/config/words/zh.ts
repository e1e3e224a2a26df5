import {metricWordsIn} from '../../analysis/metrics.ts';
import type {Words} from './en.ts';

/** 计划的中文说明。 */
export const zh: Words = {
  everyone: '所有用户',
  noUser: '没有用户',
  group: name => `${name} 组`,
  custom: name => `应用自有规则 ${name} 选中的用户`,
  not: rule => `非（${rule}）`,
  isOneOf: (attribute, values) => `${attribute} 为 ${values}`,
  startsWith: (attribute, text) => `${attribute} 以 ${text} 开头`,
  endsWith: (attribute, text) => `${attribute} 以 ${text} 结尾`,
  contains: (attribute, text) => `${attribute} 包含 ${text}`,
  matches: (attribute, pattern) => `${attribute} 符合 ${pattern}`,
  compares: (attribute, op, value) =>
    `${attribute} ${{'<': '小于', '<=': '不超过', '>': '大于', '>=': '不少于', '=': '等于', '!=': '不等于'}[op]} ${value}`,
  version: version => `版本 ${version}`,
  within: (attribute, time) => `${attribute} 在最近${time}内`,
  atLeastAgo: (attribute, time) => `${attribute} 至少在${time}前`,

  metrics: metricWordsIn('zh', 'long'),
  featureUse: name => `功能 ${name} 的使用率`,
  perSecond: value => `${value} /秒`,
  points: value => `${value} 个百分点`,
  limit: (metric, op, value) =>
    `灰度的${metric}${{'<': '低于', '<=': '不超过', '>': '高于', '>=': '不低于'}[op]} ${value}`,
  timesProd: (metric, op, times) =>
    `灰度的${metric}${{'<': '低于', '<=': '不超过', '>': '高于', '>=': '不低于'}[op]}生产的 ${times} 倍`,
  improvement: (metric, op, points) =>
    `灰度的${metric}比生产改善${{'<': '不到', '<=': '不超过', '>': '超过', '>=': '至少'}[op]} ${points}`,
  over: time => `最近${time}`,
  fromRequests: count => `灰度请求满 ${count} 个才判断`,

  title: (name, phases) => `计划 ${name}：共 ${phases} 个阶段`,
  partTitle: name => `计划的一部分 ${name}：没有阶段`,
  forFeature: feature => `功能：${feature}`,
  lastBegins: time => `最后一个阶段最早在${time}后开始。`,
  lastWaits: time => `最后一个阶段在${time}后、加上等待人工的时间后开始。`,
  ramp: (step, every) => `坡道：每 ${every}增加 ${step}。`,
  rampEqual: {
    advance: '灰度与生产一样好时继续增加。',
    hold: '灰度尚未证实优于生产时停在当前一步。',
  },
  clock: '只有在有数据、且所有路由都已应用该百分比时，阶段的时钟才走。',

  keeps: '提高百分比只会增加用户：进入灰度的人在后面的阶段仍在灰度。',

  defaults: (over, requests) =>
    `条件未另外说明时看最近${over}；由请求计算的条件在灰度请求满 ${requests} 个后才判断。`,

  proof:
    '使发布前进的条件须在本阶段内以 90 % 的把握得到证实；条件写明 min N requests 的，有这么多请求且数值满足即可。',

  phase: (number, name, percent) =>
    name === percent ? `阶段 ${number}：${percent}` : `阶段 ${number}，${name}：${percent}`,
  phaseFirst: duration => `时间：${duration}，从开始算起`,
  phaseTime: (duration, from, to) => `时间：${duration}，从开始后${from}到${to}`,
  phaseOpen: from => `时间：从开始${from === null ? '' : `后${from}`}起，没有自己的终点`,
  phaseAtOnce: from => `时间：开始${from === null ? '时' : `后${from}`}，不停留`,
  gray: who => `进入灰度：${who}`,
  shareOf: (percent, audience) => `${audience}中的 ${percent}`,
  noneByPercent: '没有用户按百分比进入',
  peopleWho: rule => `满足“${rule}”的用户`,
  inAnyCase: who => `无论百分比都加入：${who}`,
  users: ids => `用户 ${ids}`,
  more: count => `另外 ${count} 个`,
  entryGate: '进入条件：此前各阶段离开时，其全部条件都已满足',
  criteria: '结束前必须满足：',
  dryRun: condition => `${condition}（只观察，不作决定）`,
  ends: how => `结束：${how}`,
  afterTime: time => `${time}后自动结束`,
  afterTimeAndCriteria: time => `${time}后、条件满足时自动结束`,
  atOnce: '所有路由应用后立即自动结束',
  atOnceWithCriteria: '条件满足后立即自动结束',
  byPerson: '操作员执行 next 时',
  byPersonAfter: time => `${time}后，操作员执行 next 时`,
  thenCompletes: how => `${how}，随后发布完成`,
  byComplete: '操作员执行 complete 时',
  byCompleteAfter: time => `${time}后，操作员执行 complete 时`,
  phaseStale: {prod: '失联：路由退回生产', keep: '失联：路由保持现状'},

  guardrails: '护栏，每个阶段都生效：',
  noGuardrails: '没有护栏。',
  guardrail: (does, when) => `${when}时，${does}`,
  does: {
    rollback: () => '全部回滚',
    pause: () => '暂停',
    advance: () => '提前进入下一阶段',
    alert: level => `告警（${{info: '提示', warning: '警告', critical: '严重'}[level] ?? level}）`,
  },
  held: time => `持续${time}`,
  ignored: '；无法判定时不阻止推进',
  fromPreset: name => `【${name}】`,
  relativeNote: '100 % 时没有生产可比：只判断绝对值条件。',
  evidenceOff: '证据已关闭：只由护栏判断灰度。',
  evidence: (falseAlarms, then) =>
    `证据：时刻比较灰度与生产；灰度变差超出偶然时${{rollback: '全部回滚', pause: '暂停', alert: '告警'}[then]}（误报至多占发布的 ${falseAlarms}）。`,
  margin: share => `不超过生产值 ${share} 的差异不计。`,

  groups: '用户组：',
  completion: {auto: '完成：最后一个阶段结束时自动完成。', manual: '完成：操作员执行 complete 时。'},
  rollbackWindow: time => `完成后${time}内仍可回滚。`,
  noRollbackWindow: '完成后不能再回滚。',
  noDemote: '没有 demote 钩子：晋级改变生产之后，回滚无法把它改回去。',
  stale: {
    prod: time => `失联：路由${time}未能上报就退回生产。`,
    keep: time => `失联：路由${time}未能上报时保持现状。`,
  },
  staleWhole: '对所有人 100 % 时它保持现状：生产可能正在改变。',
  bucketBy: attribute =>
    `百分比：按 ${attribute} 的取值分配，取值相同的用户走同一边；没有该属性的用户走生产版本。`,
  salt: salt => `盐值：${salt}。盐值相同的发布从同一批用户开始。`,
  forced: names => `强制：${names} 的值为 true 或 false 时决定走哪一边。`,
  header: name => `请求头 ${name}`,
  cookie: name => `Cookie ${name}`,
  notForced: '强制：请求头和 Cookie 都不决定走哪一边。',
  raise: (hours, except) =>
    `守护程序只在 ${hours} 提升${except === '' ? '' : `，${except} 除外`}；由人提升时会先询问。`,
  approval: '每次提升需两人批准。',
  phaseApproval: '进入本阶段及其中的提升需两人批准。',
  gateDeadline: time => `${time} 后仍未放行则暂停发布。`,
  hooks: '钩子：',
  noHooks: '没有钩子：部署、晋级和回滚中除流量以外的步骤都会跳过。',
  hookNames: {
    backup: '备份 backup',
    deploy: '部署 deploy',
    stop: '停止 stop',
    restore: '恢复 restore',
    promote: '晋级 promote',
    verify: '验证 verify',
    demote: '降级 demote',
    cleanup: '清理 cleanup',
  },
  phaseHooks: {
    before: command => `进入之前：${command}。`,
    after: command => `离开之后：${command}。`,
    confirm: command => `放行之后才离开：${command}。`,
  },
  hookTime: time => `至多${time}`,
  hookCheck: command => `${command} 以 0 退出即视为已做`,
  checklist: '开始之前：',
  contacts: '联系人：',
  needsPhases: '完整的计划还需要阶段：phases、ramp 或 gray_release_plan。',
};
