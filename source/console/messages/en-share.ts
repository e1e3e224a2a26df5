/** Words about links by which others watch, and about who else is at a feature. */
export const enShare = {
  title: 'SHARE BY A LINK',
  what: 'Anyone with the link sees this release, live, and can change nothing.',
  lasts: 'lasts',
  shows: 'shows',
  everything: 'everything, also names, hosts and free text',
  masked: 'no names, ids, hosts, nor free text',
  span: (ms: number) => (ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`),
  choose: 'how long',
  mask: 'hide names',
  begin: 'make the link',
  beginning: 'making the link …',
  linkTitle: 'SHARED',
  until: (time: string, isMasked: boolean) =>
    `until ${time}${isMasked ? ', without names, hosts and free text' : ''}`,
  watching: (viewers: number) =>
    viewers === 0
      ? 'no viewer yet'
      : viewers === 1
        ? '1 viewer watches by a link'
        : `${viewers} viewers watch by a link`,
  served: 'The link ends with this console, or earlier by e.',
  servedElsewhere: 'graydeck serve shows the link. It goes on without this console; e ends it.',
  onlyHere: 'Only this machine reaches it. From another machine, first:',
  copy: 'copy the link',
  end: 'end the link',
  copied: 'link sent to the clipboard of the terminal',
  made: 'shared by a link',
  ended: {
    interrupted: 'the link has ended: its viewers see nothing more',
    over: 'the link has run out',
    revoked: 'the link was revoked by another process',
  },
  gone: 'there is no link any more',
  acting: (consoles: number, names: readonly string[]) =>
    names.length === 0 ? `${consoles} may act` : `${consoles} may act: ${names.join(', ')}`,
  badge: (viewers: number) => (viewers === 0 ? 'shared' : viewers === 1 ? '1 watches' : `${viewers} watch`),
};
