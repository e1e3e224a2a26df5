import type {PageLook, PageNotices} from '../../server/page/source.ts';

type Lang = PageLook['lang'];

/** Words around the facts of a page; the facts have those of the console. */
interface PageWords {
  page: Readonly<
    Record<
      'metric' | 'prod' | 'gray' | 'over' | 'live' | 'lost' | 'ended' | 'stale' | 'noScript' | 'none',
      string
    >
  >;
  home: string;
  masked: string;
  cause: {
    title: string;
    by(who: string, time: string): string;
    unknown: string;
  };
  list: {
    headline(features: number, bad: number): string;
    fine(features: number): string;
    alerts(count: number): string;
    opening: string;
  };
  notices: PageNotices;
}

const en: PageWords = {
  page: {
    metric: 'metric',
    prod: 'PROD',
    gray: 'GRAY',
    over: 'over',
    live: 'live',
    lost: 'No connection: this is the last state that was seen.',
    ended: 'This link has ended.',
    stale: 'not of now',
    noScript: 'Without scripts this page shows the state at the time above, and loads again every 10 s.',
    none: 'There is no release yet.',
  },
  home: '← all releases',
  masked: 'names hidden',
  cause: {
    title: 'Why it was rolled back',
    by: (who, time) => `by ${who} at ${time}`,
    unknown: 'A person took it back; no metric spoke against gray.',
  },
  list: {
    headline: (features, bad) => `${bad} of ${features} releases ${bad === 1 ? 'needs' : 'need'} a look`,
    fine: features => (features === 1 ? 'the one release is well' : `all ${features} releases are well`),
    alerts: count => (count === 0 ? '' : count === 1 ? '1 alert' : `${count} alerts`),
    opening: 'opening',
  },
  notices: {
    login: {
      title: 'Sign in',
      text: 'This page is for tokens with the scope read.',
      label: 'Token',
      button: 'Sign in',
      refused: 'This token may not see the page. Ask the operator for one with the scope read.',
    },
    gone: {
      title: 'Nothing here',
      text: 'The link has ended, was revoked or is misspelt. Ask for a new one: graydeck share.',
    },
    absent: {title: 'Nothing here', text: 'There is no feature of this name.'},
    busy: {title: 'Not now', text: 'The page cannot be shown at the moment. Try again in a few seconds.'},
  },
};

const zh: PageWords = {
  page: {
    metric: '指标',
    prod: 'PROD',
    gray: 'GRAY',
    over: '替换',
    live: '实时',
    lost: '连接已断开：这里是最后看到的状态。',
    ended: '此链接已失效。',
    stale: '不是当前数据',
    noScript: '未启用脚本：本页显示上方时间的状态，每 10 秒重新载入。',
    none: '还没有发布。',
  },
  home: '← 全部发布',
  masked: '已隐藏姓名',
  cause: {
    title: '回滚原因',
    by: (who, time) => `由 ${who} 于 ${time} 执行`,
    unknown: '由人工回滚；没有指标表明 gray 有问题。',
  },
  list: {
    headline: (features, bad) => `${features} 个发布中有 ${bad} 个需要查看`,
    fine: features => `全部 ${features} 个发布正常`,
    alerts: count => (count === 0 ? '' : `${count} 条告警`),
    opening: '正在打开',
  },
  notices: {
    login: {
      title: '登录',
      text: '此页面需要带有 read 权限的令牌。',
      label: '令牌',
      button: '登录',
      refused: '此令牌无权查看本页。请向管理员索取带有 read 权限的令牌。',
    },
    gone: {title: '没有内容', text: '链接已过期、已撤销或有误。请索取新链接：graydeck share。'},
    absent: {title: '没有内容', text: '没有这个名称的功能。'},
    busy: {title: '暂不可用', text: '页面暂时无法显示，请几秒后重试。'},
  },
};

export function pageWords(lang: Lang): PageWords {
  return lang === 'zh' ? zh : en;
}
