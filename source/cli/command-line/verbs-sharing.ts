import type {Verb} from './verb.ts';

/** Verbs that let others watch. */
export const SHARING: readonly Verb[] = [
  {
    name: 'share',
    summary: 'a link by which others watch: in a browser, with curl, in a terminal',
    arguments: [],
    flags: ['for', 'mask', 'listen'],
    changes: true,
    isLasting: true,
    examples: ['graydeck share', 'graydeck share --for 30m --mask', 'graydeck share --listen 0.0.0.0:8090'],
    more:
      'Open the link in a browser, or: curl -N LINK, graydeck watch LINK. It shows everything and changes nothing. It holds for two hours unless --for says otherwise, at most 30 days. ' +
      'Without --listen and share.listen only this machine reaches it, and the ssh line for others is printed. Where the ' +
      'configuration names share.url alone, graydeck serve shows the link there and this ends at once.',
    file: 'share',
  },
  {
    name: 'share revoke',
    summary: 'end the links of a feature, or one: they go dark within two seconds',
    arguments: [{name: 'LINK', isOptional: true}],
    flags: [],
    changes: true,
    examples: ['graydeck share revoke', 'graydeck share revoke http://ops-1:8090/s/TOKEN'],
    file: 'share',
  },
];
