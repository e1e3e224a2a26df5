import type {Reason} from '../../release/state.ts';
import {count} from '../../text/format.ts';
import type {enVerdict, LoggedWords} from './en-verdict.ts';

/** A reason in the log by code and numbers; null: what it says cannot be told without its words. */
function logged({code, value, threshold, text}: Reason, {name, number}: LoggedWords): string | null {
  switch (code) {
    case 'guardrail':
    case 'guardrail_holds':
      return `灰度${name} ${number(value)}，界限 ${number(threshold)}`;
    case 'guardrail_overruled':
      return `灰度${name} ${number(value)}，界限 ${number(threshold)}；操作员仍选择继续，恢复正常前不再上调`;
    case 'guardrail_undecided':
      return `${name}：请求太少，还不能判定`;
    case 'guardrail_unmeasured':
      return `${name} 无法测量`;
    case 'both_sides':
      return `两侧都有问题：${name} ${number(value)}，界限 ${number(threshold)}`;
    case 'evidence':
      return `灰度${name} ${number(value, 'percent')}，生产 ${number(threshold, 'percent')}，不是偶然`;
    case 'evidence_slow':
      return `灰度响应变慢，不是偶然：${number(value, 'percent')} 对 ${number(threshold, 'percent')}`;
    case 'sample_ratio':
      return `灰度得到 ${number(value, 'percent')} 的请求，设定为 ${number(threshold, 'percent')}`;
    case 'one_instance':
      return `灰度的请求有 ${number(value, 'percent')} 来自同一个实例`;
    case 'no_data':
      return '听不到灰度';
    case 'no_prod_data':
      return '听不到生产';
    case 'samples_ahead':
      return '样本流的时钟超前，样本无法归入时间';
    case 'not_applied':
      return `路由还没有全部应用 ${number(threshold, 'percent')}`;
    case 'criterion_fails':
      return `${name} ${number(value)}，要求 ${number(threshold)}`;
    case 'criterion_undecided':
      return `${name}：请求还不够，尚未证实`;
    case 'criterion_unmeasured':
      return `${name} 无法测量`;
    case 'phase_served':
      return '本阶段时间已满，条件均满足';
    case 'phase_time':
      return '本阶段时间未满';
    case 'gate_closed': {
      const words = text.split(': ').slice(1).join(': ');
      return `关口已 ${value ?? 0} 秒未放行${words === '' ? '' : `：${words}`}`;
    }
    case 'raise_hours':
      return `只在以下时间允许提升：${text.replace('raises are allowed ', '')}`;
    default:
      return null;
  }
}

/** The words of the verdict in Chinese. */
export const zhVerdict: typeof enVerdict = {
  acts: {
    own: '由本控制台执行',
    ownWatches: '由本控制台看守',
    guard: name => `由 ${name} 执行`,
    watches: name => `由 ${name} 看守`,
    silent: name => `判定未执行：${name} 失联`,
    noGuard: '判定未执行：没有守护',
    start: feature => `启动守护： graydeck guard --feature ${feature}`,
  },
  because: '因为',
  cause: {
    values: (metric, gray, prod) => `${metric}  灰度 ${gray}  生产 ${prod}`,
    seenAfter: time => `${time} 后发现`,
    backAfter: time => `${time} 后回到生产`,
    hit: (requests, people) => `${requests} 个请求${people === null ? '' : `，约 ${people} 人`}`,
  },
  old: age => `${age} 前判定`,
  since: time => `自 ${time}`,
  settling: seconds => `等待稳定，${seconds} 秒`,
  settlingWhy: '比例刚刚变更，数据和路由还在跟上。',
  improvement: metric => `${metric}改善`,
  timesProd: times => `${times} 倍生产`,
  held: (held, of) => `已持续 ${held} / ${of}`,
  passes: (op, limit) => `${{'<': '低于', '<=': '不高于', '>': '高于', '>=': '不低于'}[op]} ${limit} 即通过`,
  prodHas: value => `生产 ${value}`,
  fewRequests: (have, need, isProd) => `${need} 个${isProd ? '生产' : ''}请求中已有 ${have} 个`,
  atThisTraffic: '按此流量',
  notShown: '尚未证实',
  shownAfter: time => `约还需 ${time}`,
  neverShown: '尚未证实，按此数值永远无法证实',
  withinChance: '请求太少，还不能与生产区分',
  fewAnswers: (have, need) => `${need} 条反馈中已有 ${have} 条`,
  needsMore: time => (time === null ? '按此流量永远不够' : `约还需 ${time}`),
  prodZero: '生产为 0，倍数没有意义',
  unmeasured: why =>
    ({
      'no-data': '灰度没有上报',
      'no-prod': '生产没有上报',
      stale: '灰度沉默',
      'not-a-number': '不是数字',
      'many-series': '返回多个序列',
      away: '来源没有应答',
    })[why],
  cannotMeasure: '无法测量',
  notApplicable: why =>
    ({'everybody-gray': '没有生产可比较', 'nobody-eligible': '没有用户按比例进入灰度'})[why],
  bothSides: '两侧都坏',
  wouldNotHelp: '撤回灰度没有用',
  overruled: '操作员仍选择继续，恢复正常前不再上调',
  wanted: condition => `要求 ${condition}`,
  ratio: (seen, set) => `灰度得到 ${seen} 的请求，设定为 ${set}`,
  ratioChance: (low, high) => `${low} 至 ${high} 属偶然`,
  noData: (side, age) => {
    const name = side === 'gray' ? '灰度' : '生产';
    return age === null ? `听不到${name}` : `${name}已沉默 ${age}`;
  },
  notApplied: (seen, set) => (seen === null ? `路由还没有全部确认 ${set}` : `路由为 ${seen}，设定为 ${set}`),
  phaseTime: (phase, left, of) => `${phase} 还剩 ${left}，共 ${of}`,
  served: (phase, ran, criteria) =>
    `${phase} 已运行 ${ran}${criteria === 0 ? '' : `，${criteria} 个条件满足`}`,
  goesOn: (phase, percent) => `下一步 ${phase}，${percent}`,
  completes: '下一步完成发布',
  allWell: '没有不利于灰度的迹象',
  dryRun: '仅观察',
  criteria: '下一阶段要求',
  lastCriteria: '完成要求',
  limits: '界限',
  evidence: {
    label: '证据',
    chance: (odds, limit) =>
      odds === null
        ? `没有变差的迹象（1/${count(limit)} 时处置）`
        : `偶然的可能为 1/${odds >= 1e9 ? '10 亿以下' : count(odds)}（1/${count(limit)} 时处置）`,
    footing: {
      people: (gray, prod) => `按人：灰度 ${count(gray)} 人，生产 ${count(prod)} 人`,
      requests: () => '按请求：不知道是谁',
      history: () => '按历史：生产没有流量',
    },
    oneHost: '灰度只在一台主机上，分不清是版本还是主机的问题，所以只能暂停',
    worse: metric => `${metric}：灰度更差`,
    better: metric => `${metric}：灰度更好`,
    none: '没有超出偶然的差别',
    decides: time => `照此约 ${time}后定论`,
    decided: time => `${time} 定论`,
    slow: (share, than, prod) => `${share} 慢于 ${than}，生产 ${prod}`,
    response_time: '响应时间',
  },
  doubt: (phase, needs, sees) =>
    `按此流量，${phase} 太短，看不出错误率上升 1 点：${needs === null ? '永远看不出' : `约需 ${needs}`}${
      sees === null ? '' : `；只能看出 ${sees}`
    }`,
  doubtWindow: (phase, condition, need, window, have) =>
    `${phase}：“${condition}”在 ${window} 内要 ${need} 个灰度请求，约只有 ${have} 个`,
  doubtCriterion: (phase, condition, needs) =>
    `按此流量，${phase} 太短，无法证实“${condition}”：${needs === null ? '永远无法证实' : `约需 ${needs}`}`,
  assumed: (rate, errors) => `设每秒 ${rate} 个请求，生产错误率 ${errors} %：`,
  noDoubts: '计划中没有太短的部分',
  logged,
  simple: {
    entry_gate: '此前阶段的某个条件没有被确认满足',
    manual_gate: '本阶段只由操作员结束：按 n',
    open_phase: '本阶段一直保持到操作员按 n',
    equal_sides: '灰度尚未证实优于生产：此时保持比例',
    complete_by_hand: '最后阶段：按 C 完成',
    paused: '已暂停：按 P 继续',
    deploying: '灰度部署中',
    promoting: '转正中',
    failed: '有步骤失败：按 R 重试',
    over: '发布已结束',
  },
  headlines: {
    bothSides: (metric, gray, prod) => `两侧都坏 ${metric}：灰度 ${gray}，生产 ${prod}。撤回灰度没有用`,
    bothSidesShort: (metric, gray, prod) => `两侧都坏 ${metric}：灰度 ${gray}，生产 ${prod}`,
    worse: (metric, shares, since) =>
      `灰度${metric} ${shares}：不是偶然${since === null ? '' : `，自 ${since}`}`,
    unmeasured: (metrics, number, age, why) =>
      `${metrics.join('、')}${number > metrics.length ? ` 等 ${number} 个指标` : ''} ${
        age === null ? '' : `已 ${age} `
      }无法测量：${why}`,
  },
};
