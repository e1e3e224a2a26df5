import type {Messages} from './catalogue.ts';

export const zhShare: Messages['share'] = {
  title: '用链接共享',
  what: '持有链接的人可以实时查看此发布，但不能做任何更改。',
  lasts: '时长',
  shows: '内容',
  everything: '全部，包括姓名、主机和自由文本',
  masked: '不含姓名、ID、主机和自由文本',
  span: ms => (ms < 3_600_000 ? `${ms / 60_000} 分钟` : `${ms / 3_600_000} 小时`),
  choose: '时长',
  mask: '隐藏姓名',
  begin: '生成链接',
  beginning: '正在生成链接 …',
  linkTitle: '已共享',
  until: (time, isMasked) => `有效至 ${time}${isMasked ? '，不含姓名、主机和自由文本' : ''}`,
  watching: viewers => (viewers === 0 ? '还没有人查看' : `${viewers} 人正在通过链接查看`),
  served: '链接随此控制台结束，也可以按 e 提前结束。',
  servedElsewhere: '链接由 graydeck serve 提供，不随此控制台结束；按 e 结束。',
  onlyHere: '只有本机可以访问。从其他机器访问时先执行：',
  copy: '复制链接',
  end: '结束链接',
  copied: '链接已发送到终端的剪贴板',
  made: '已用链接共享',
  ended: {
    interrupted: '链接已结束：查看者不再看到任何内容',
    over: '链接已到期',
    revoked: '链接已被其他进程撤销',
  },
  gone: '链接已不存在',
  acting: (consoles, names) =>
    names.length === 0 ? `${consoles} 个控制台可操作` : `${consoles} 个控制台可操作：${names.join('、')}`,
  badge: viewers => (viewers === 0 ? '已共享' : `${viewers} 人查看`),
};
