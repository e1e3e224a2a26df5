import type {enEdges} from './en-edges.ts';
import {own} from '../../release/name.ts';

const WHY: Readonly<Record<string, string>> = {
  'not-running': 'nginx 未运行',
  'no-permission': '代理缺少权限',
  'site-broken': 'nginx 拒绝站点配置',
  'file-refused': 'nginx 拒绝所需规则，该处全部走生产',
  'not-confirmed': 'nginx 未确认',
  'cannot-write': '包含文件无法写入',
  'cannot-express': 'nginx 无法表达所需规则，该处全部走生产',
  silent: '失联，最迟自行回到生产',
  behind: '未达到设定，现为',
  latched: '已在该处离线回滚',
};

export const zhEdges: typeof enEdges = {
  trouble: (name, code, detail) =>
    [`${name}：${own(WHY, code) ?? code}`, detail].filter(text => text !== '').join('：'),
};
