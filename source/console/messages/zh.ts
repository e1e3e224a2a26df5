import {metricWordsIn} from '../../analysis/metrics.ts';
import {clockwork, count, setPercent} from '../../text/format.ts';
import type {en} from './en.ts';
import {zhChart} from './zh-chart.ts';
import {zhBrief} from './zh-brief.ts';
import {zhEdges} from './zh-edges.ts';
import {zhEvents, zhWish} from './zh-events.ts';
import {zhKeys} from './zh-keys.ts';
import {zhShare} from './zh-share.ts';
import {zhStates} from './zh-states.ts';
import {zhVerdict} from './zh-verdict.ts';

function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 90) return `${seconds} 秒`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} 分钟`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} 小时` : `${Math.round(hours / 24)} 天`;
}

function list(names: readonly string[], number: number): string {
  return `${names.join('、')}${number > names.length ? ' …' : ''}`;
}

/** Chinese: short enough for a row. */
export const zh: typeof en = {
  ...zhKeys,
  verdict: zhVerdict,
  edges: zhEdges,
  share: zhShare,
  brief: zhBrief,
  age,
  ago: ms => `${age(ms)}前`,
  over: '替换',
  labelled: label => `${label}：`,
  points: '点',
  phase: (n, of) => `第 ${n}/${of} 阶段`,
  wish: zhWish,
  barred: {
    disabled: (why, who, reason) =>
      `已停用，全部用户走生产${reason === null ? '' : `：“${reason}”`}，${who}  → graydeck ${why === 'approval' ? 'approve' : 'enable'}`,
    frozen: (until, reason, who) => `提升冻结至 ${until}：“${reason}”，${who}  → graydeck freeze lift`,
    approval: (wish, asked, yes) =>
      `${wish}等待两人批准，由 ${asked} 提出${yes === '' ? '' : `；已批准：${yes}`}  → graydeck approve`,
  },
  since: time => `自 ${time}`,
  lastChange: (version, id, who, time) => `最近变更：版本 ${version}（${id}），${time}，${who}`,
  requests: number => `${number} 个请求`,
  windowOf: seconds => `${clockwork(seconds * 1000)} 内`,
  attempts: times => `(第 ${times} 次)`,
  stepsDone: (done, of) => `${of} 步完成 ${done} 步`,
  more: number => `另有 ${number} 条`,
  lights: {
    away: (name, forHowLong) => `${name} 断开 ${forHowLong}`.trimEnd(),
    prometheus: 'prometheus',
    absent: '无',
    guard: '守护',
    guardSilent: age => `守护失联 ${age}`,
    noGuard: '无守护',
    routers: '路由',
    noRouters: '无路由',
  },
  fleet: {
    title: '全部功能',
    count: features => `${features} 个功能`,
    needsYou: features => `${features} 个需要处理`,
    look: features => `${features} 个需要查看`,
    allWell: '没有需要处理的',
    unknown: '还没有守护或控制台发布其状态',
    old: age => `${age} 前的状态：没有守护，也没有打开的控制台`,
    barred: (why, time, by) =>
      why === 'disabled'
        ? `${by} 已停用 ${time}：全部用户使用 prod`
        : why === 'approval'
          ? `等待第二人批准 ${time}（${by} 申请）`
          : '不在允许提升的时段',
    freeze: (until, reason) => `冻结至 ${until}${reason === '' ? '' : `（${reason}）`}`,
    notJudged: '尚未判定',
    alerts: alerts => `${alerts} 条告警`,
    nothing: '没有符合筛选的功能：Esc 清除筛选',
    unbound: key => `${key} 在列表中无效：Enter 打开功能`,
    footer: ['Enter 打开', 'r 回退', '/ 筛选', 'Esc 返回', '? 按键', 'q 退出'],
  },
  badges: {share: '共享屏幕', readOnly: '只读', demo: '演示'},
  past: (day, speed, isRunning) => `非实时 ${day} ${isRunning ? `▶ ${speed}x` : '已停'}`,
  states: {
    idle: '空闲',
    ...zhStates,
  },
  idle: {
    line: '还没有发布',
    headline: feature => `没有灰度。开始：  graydeck start VERSION --feature ${feature}`,
  },
  percents: {set: '设定', applied: '生效', seen: '实测'},
  gate: {
    opensIn: time => `本阶段还剩 ${time}`,
    open: '本阶段时间已满：n 继续',
    manual: '由你按 n 继续',
    last: '由你按 C 转正',
    held: why => `计时停止：${why}`,
    stands: '计时停止',
    standsAt: left => `计时停在 ${left}`,
    ended: when => `${when}结束`,
  },
  limit: value => `界限 ${value}`,
  sides: {prod: '生产', gray: '灰度'},
  side: {
    noData: '无数据',
    noRoute: '无用户进入',
    stale: when => `最后数据 ${when}`,
    window: (seconds, requests) => `${seconds} 秒 ${count(requests)} 个请求`,
    seconds: seconds => `最近 ${seconds} 秒`,
    carried: when => `变更前的数据，${when}`,
  },
  metrics: metricWordsIn('zh', 'short'),
  useOf: name => `使用 ${name}`,
  numberStates: {
    waiting: '…',
    lagging: '滞后',
    nan: 'NaN',
    inf: '无穷大',
    empty: '无数据',
    several: '多个序列',
    timeout: '超时',
    'bad-query': '查询有误',
    unauthorized: '无权限',
    'server-error': '5xx 错误',
    unreachable: '不可达',
    'not-prometheus': '地址不对',
  },
  standings: {
    both: '两侧超限',
    worse: '变差',
    doubtful: '留意',
    same: '相同',
    better: '更好',
    few: '太少',
    none: '',
  },
  faults: {
    'people-unreadable': count => `${count} 条样本的用户信息无法读取，这些用户不计入`,
    'people-contradictory': count => `${count} 条样本的用户多于请求、错误或响应数，这些用户不计入`,
    'people-full': count => `用户数超出上限：有 ${count} 次未计入`,
    'people-unread': () => '存储中的用户记录无法读取：证据按请求计算；graydeck acl 可列出所需权限',
  },
  headlines: {
    storeAway: time => `存储断开 ${time}：以下是最后看到的情况，按键无法生效`,
    storeAwayShort: time => `存储断开 ${time}`,
    logAway: time => `日志无法读取 ${time}：以下是最后看到的情况`,
    logBroken: (time, why) => `日志在 ${time} 不连续：${why}。已从头重读`,
    newerLog: event => `更新版本的 Graydeck 写入了“${event}”：这里只能回滚`,
    failed: (step, at, error, isServing) =>
      `${at === '' ? '' : `${at} `}${step}失败${error === '' ? '' : `：${error}`}${isServing ? '；灰度继续提供服务' : ''}`,
    leftOver: rate => `灰度仍收到 ${rate}，而此时不应有用户进入`,
    paused: (when, reason, keeps) =>
      `不再提高${when}${reason === '' ? '' : `：“${reason}”`}${keeps ? '。灰度保留现有用户' : ''}`,
    pausedSince: (time, since, who) => `，已 ${time}，${who} 于 ${since}`,
    pausedFor: time => `，已 ${time}`,
    completed: version => `所有用户的生产版本是 ${version}`,
    worse: (metric, value, than, when, also) =>
      `灰度 ${metric} ${value}，${than}${when}${also.length === 0 ? '' : `；另有 ${also.join('、')}`}`,
    worseShort: (metric, value, prod, time) =>
      `灰度 ${metric} ${value}，生产 ${prod}${time === '' ? '' : `，已 ${time}`}`,
    against: (difference, prod) => `生产 ${prod} 的 ${difference}`,
    over: (limit, prod) => `上限 ${limit}，生产 ${prod}`,
    forSince: (time, since) => `，已 ${time}，自 ${since}`,
    doubtful: metrics => `灰度值得留意：${metrics.join('、')}`,
    alert: (message, number) => `${number > 1 ? `${number} 条严重告警，最新：` : ''}${message}`,
    alertSince: (text, since) => `${text}，自 ${since}`,
    silent: (number, names, leftMs) =>
      `${number} 个路由失联（${list(names, number)}）：${
        leftMs > 0 ? `最多 ${Math.ceil(leftMs / 1000)} 秒后自行回到生产` : '已过时限，应已自行回到生产'
      }`,
    behind: (number, names) => `${number} 个路由尚未达到设定比例：${list(names, number)}`,
    observed: (seen, set) => `灰度收到 ${seen.toFixed(1)} % 的请求，设定为 ${setPercent(set)}`,
    streamAway: why => `测量数据无法读取：${why}`,
    sourceAway: (name, why) => `${name} 没有应答：${why}`,
    sourceWarns: (name, what) => `${name} 警告：${what}`,
    junk: (number, example) => `样本流中有 ${number} 条无法计入，最近：${example}`,
    ahead: time =>
      time === null
        ? '样本流已到最后的编号，无法写入样本。graydeck doctor --repair-samples'
        : `样本流比存储时钟超前 ${time}。graydeck doctor --repair-samples`,
    noGray: '灰度没有样本：情况未知',
    staleGray: (when, then) =>
      `灰度无声：最后样本在${when}${then.length === 0 ? '' : `，当时异常：${then.join('、')}`}`,
    staleProd: when => `生产无声：最后样本在${when}`,
    deploying: '灰度正在部署，尚无用户进入',
    promoting: '所有用户在灰度，生产正在升级',
    fine: rows => `灰度与生产在全部 ${rows} 项对比指标上一致`,
    waiting: '等待灰度的第一批样本',
    alone: '所有用户都在灰度：没有可对比的生产',
    few: requests => `灰度只有 ${count(requests)} 个请求：太少，无法对比`,
  },
  hints: {
    rollback: '按 r 再按 y 撤回',
    offline: 'graydeck rollback --offline 逐台主机让所有用户回到 prod',
    repair: 'graydeck doctor --repair-log',
    newer: '请升级本程序',
    retryOrBack: 'R 重试，r 再 y 撤回',
    resume: 'P 继续',
    approve: 'v 批准',
    chart: 'Enter 看图表',
    acknowledge: 'A 确认',
  },
  rollback: {
    from: percent => `自 ${percent}`,
    through: (time, confirmed, of, after) => {
      const isAll = confirmed === null || of === null || confirmed >= of;
      const parts = [
        `${time === null ? '' : `${time} 内`}${isAll ? '所有用户回到生产' : ` ${of} 个路由中 ${confirmed} 个回到生产`}`.trimStart(),
        isAll && of !== null ? `${confirmed}/${of} 个路由确认` : '',
        after === null ? '' : `按键后仍有 ${count(after)} 个请求进入灰度`,
      ];
      return parts.filter(part => part !== '').join('，');
    },
    throughShort: (time, confirmed, of, after) =>
      [
        `${time === null ? '' : `${time} 内`}${confirmed === null || of === null || confirmed >= of ? '全部' : '大部分'}回到生产`,
        confirmed === null || of === null ? '' : `${confirmed}/${of} 个路由`,
        after === null ? '' : `按键后灰度 ${count(after)} 个请求`,
      ]
        .filter(part => part !== '')
        .join('，'),
    unconfirmed: after =>
      `已写入；没有路由确认${after === null ? '' : `，按键后仍有 ${count(after)} 个请求进入灰度`}`,
    underWay: (time, confirmed, of) => `已下令全部回到生产 ${time}；${confirmed}/${of} 个路由已确认`,
    noRouters: time => `${time} 前已写入；没有路由确认`,
  },
  runsInLog: {deploy: '部署', phase: '进入下一阶段', promotion: '转正', rollback: '回滚'},
  runs: {deploy: '部署', phase: '进入下一阶段', promotion: '转正', rollback: '回滚'},
  steps: {
    backup: '备份',
    deploy: '部署灰度',
    traffic: '流量',
    promote: '升级生产',
    verify: '验证',
    'traffic-to-prod': '流量回生产',
    cleanup: '清理',
    demote: '生产退回',
    stop: '停止灰度',
    restore: '恢复数据',
    notify: '通知',
    snapshot: '快照',
    before: '阶段前',
    after: '阶段后',
    confirm: '放行',
  },
  skipped: names => `无钩子：${names.join('、')}`,
  judge: {
    title: '判定',
    none: '尚无',
    noGuardShort: '不判定',
    noGuard: '没有守护程序：不会自动暂停或回滚。由你判定。',
    startOne: feature => `graydeck guard --feature ${feature}`,
    notYet: guard => `${guard} 尚未判定`,
    unwatched: '未被看守的界限：',
    limits: '界限：',
  },
  thens: {rollback: '回滚', pause: '暂停', alert: '告警', advance: '提前推进', wait: '等待'},
  actions: {advance: '推进', hold: '保持', pause: '暂停', rollback: '回滚'},
  log: {
    title: '日志',
    empty: '还没有发生任何事',
    noMatch: '没有匹配过滤条件的行',
    alerts: (open, unacknowledged) =>
      unacknowledged === 0 ? `${open} 条未解除告警` : `${open} 条未解除告警，${unacknowledged} 条未确认`,
    unknown: type => `“${type}”，来自更新版本的 Graydeck`,
    repeated: times => `${times} 次`,
    silenced: '已静默',
    resolved: '已解除',
    feedback: (type, rating, words) => `用户反馈，${type}${rating === null ? '' : `，${rating}/5`}：${words}`,
    acknowledged: who => `${who} 已看`,
  },
  event: (event, about) => {
    const tell = zhEvents[event.type] as (told: typeof event, about_: typeof about) => string;
    return tell(event, about);
  },
  chart: zhChart,
  filter: text => `过滤：${text}`,
  metricsNoMatch: '没有匹配过滤条件的指标',
  panelBroken: (name, why) => `${name} 无法显示：${why}`,
  tooSmall: (columns, rows, needColumns, needRows) =>
    `窗口为 ${columns}x${rows}；控制台需要 ${needColumns}x${needRows}。`,
  tooSmallHint: '请放大窗口，控制台会继续。q 退出。',
  tooSmallBack: '此处仍可按 r 再按 y 回滚。',
};
