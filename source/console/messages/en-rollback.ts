import {count} from '../../text/format.ts';

/** `1 router`, `1 204 routers`. */
export function many(number: number, one: string, more = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : more}`;
}

/** What became of a rollback: how fast, who confirmed it, and what reached gray after it. */
export const enRollback = {
  from: (percent: string) => `from ${percent}`,
  through: (time: string | null, confirmed: number | null, of: number | null, after: number | null) => {
    const isAll = confirmed === null || of === null || confirmed >= of;
    const parts = [
      `prod ${isAll ? 'for everyone' : `at ${confirmed} of ${many(of, 'router')}`}${time === null ? '' : ` in ${time}`}`,
      isAll && of !== null ? `${confirmed} of ${many(of, 'router')} confirmed` : '',
      after === null ? '' : `${many(after, 'request')} reached gray after the key`,
    ];
    return parts.filter(part => part !== '').join(', ');
  },
  throughShort: (time: string | null, confirmed: number | null, of: number | null, after: number | null) =>
    [
      `prod for ${confirmed === null || of === null || confirmed >= of ? 'everyone' : 'most'}${time === null ? '' : ` in ${time}`}`,
      confirmed === null || of === null ? '' : `${confirmed}/${of} routers`,
      after === null ? '' : `${count(after)} on gray after the key`,
    ]
      .filter(part => part !== '')
      .join(', '),
  unconfirmed: (after: number | null) =>
    `written; no router confirms it${after === null ? '' : `, ${many(after, 'request')} reached gray after the key`}`,
  underWay: (time: string, confirmed: number, of: number) =>
    `prod for everyone was set ${time} ago; ${confirmed} of ${many(of, 'router')} confirmed so far`,
  noRouters: (time: string) => `written ${time} ago; no router confirms it`,
};
