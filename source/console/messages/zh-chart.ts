import type {enChart} from './en-chart.ts';

function length(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 180) return `${seconds} 秒`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} 分钟`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} 小时` : `${Math.round(hours / 24)} 天`;
}

/** Chinese: charts and the time that they show. */
export const zhChart: typeof enChart = {
  title: metric => metric,
  length,
  time: {
    release: ms => `最近 ${length(ms)}，自发布开始`,
    ended: (_, from, to) => `${from} 至 ${to}，整个发布`,
    recent: ms => `最近 ${length(ms)}`,
    part: (ms, from, to) => `${length(ms)}，${from} 至 ${to}`,
  },
  every: ms => `每 ${length(ms)} 一个值`,
  zoomed: ms => `图表显示最近 ${length(ms)}：按 W 显示更多`,
  zoomedOut: '图表显示整个发布：按 w 显示更少',
  allShown: '已显示整个发布：按 w 显示一部分，再用 , 和 . 移动',
  cursor: at => `${at} 时`,
  noShorter: '最短为一分钟',
  noLonger: '已显示全部历史',
  limit: (side, value, then) =>
    then === 'wait'
      ? `下一阶段要求 ${side === 'above' ? '<' : '>'} ${value}`
      : `${{rollback: '回滚', pause: '暂停', alert: '告警'}[then]} ${side === 'above' ? '高于' : '低于'} ${value}`,
};
