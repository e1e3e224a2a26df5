import type {Language} from '../../text/language.ts';
import {dayAndTime, isSameDay, timeOfDay} from '../../console/present/moment.ts';

/** What `share` and `watch LINK` say to the person who typed them. */
interface ShareWords {
  holds(feature: string, until: number, isMasked: boolean): string;
  onlyHere(port: number, userAtHost: string, token: string): string[];
  ended: Readonly<Record<'interrupted' | 'over' | 'revoked', string>>;
  revoked(count: number): string;
  wouldRevoke(count: number): string;
  noSuchLink(feature: string): string;
  linkEnded: string;
  badLink: string;
  noConnection(since: string): string;
  notAPage: string;
}

const when = (until: number) => (isSameDay(until, Date.now()) ? timeOfDay(until) : dayAndTime(until));

const en: ShareWords = {
  holds: (feature, until, isMasked) =>
    `anyone with this link sees ${feature} until ${when(until)} and can change nothing${isMasked ? '; names, ids, hosts and free text are hidden' : ''}. To end it: Ctrl-C, or graydeck share revoke`,
  onlyHere: (port, userAtHost, token) => [
    'only this machine reaches it. From another machine:',
    `  ssh -N -L ${port}:127.0.0.1:${port} ${userAtHost}`,
    `  then open http://127.0.0.1:${port}/s/${token}`,
    'or let others reach it: graydeck share --listen 0.0.0.0:8090 (no TLS: in your own network, or behind a proxy)',
  ],
  ended: {
    interrupted: 'the link has ended',
    over: 'the link has run out',
    revoked: 'the link was revoked',
  },
  revoked: count => (count === 1 ? 'revoked 1 link' : `revoked ${count} links`),
  wouldRevoke: count => (count === 1 ? 'would revoke 1 link' : `would revoke ${count} links`),
  noSuchLink: feature => `no such link to ${feature} runs`,
  linkEnded: 'the link has ended, was revoked or is misspelt',
  badLink: 'a link begins with http:// or https://',
  noConnection: since => `no connection since ${since}: this is the last state that was seen`,
  notAPage: 'what answers there is no graydeck, or a newer one',
};

const zh: ShareWords = {
  holds: (feature, until, isMasked) =>
    `持有此链接的人在 ${when(until)} 之前可以查看 ${feature}，但不能做任何更改${isMasked ? '；姓名、ID、主机和自由文本已隐藏' : ''}。结束链接：Ctrl-C 或 graydeck share revoke`,
  onlyHere: (port, userAtHost, token) => [
    '只有本机可以访问。从其他机器访问：',
    `  ssh -N -L ${port}:127.0.0.1:${port} ${userAtHost}`,
    `  然后打开 http://127.0.0.1:${port}/s/${token}`,
    '或者允许其他人访问：graydeck share --listen 0.0.0.0:8090（没有 TLS：仅限内部网络或代理之后）',
  ],
  ended: {interrupted: '链接已结束', over: '链接已到期', revoked: '链接已撤销'},
  revoked: count => `已撤销 ${count} 个链接`,
  wouldRevoke: count => `将撤销 ${count} 个链接`,
  noSuchLink: feature => `${feature} 没有这样的有效链接`,
  linkEnded: '链接已过期、已撤销或有误',
  badLink: '链接以 http:// 或 https:// 开头',
  noConnection: since => `自 ${since} 起没有连接：这是最后看到的状态`,
  notAPage: '该地址不是 graydeck，或者版本更新',
};

export function shareWords(lang: Language): ShareWords {
  return lang === 'zh' ? zh : en;
}
