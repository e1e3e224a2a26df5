import {z} from 'zod';
import {line} from '../yaml/leaf.ts';
import {made, mapping, may} from '../yaml/tree.ts';

/** Where links to watch by are served. Null: not written. */
export interface ShareConfig {
  /** Host and port that `graydeck share` listens on, as `--listen` takes them. */
  listen: string | null;
  /** Address under which others reach it, or a `graydeck serve`: scheme, host, and what else stands before `/s/`. */
  url: string | null;
}

export const NO_SHARE: ShareConfig = {listen: null, url: null};

const link = z.pipe(
  line(1024),
  z.string().refine(text => URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol), {
    error: 'an address that begins with https:// or http://',
  }),
);

/** The tree of `share:`. */
export const share = made(
  mapping(
    {
      listen: may(
        line(300),
        'Host and port that `graydeck share` listens on.',
        '0.0.0.0:8090',
        'a free port of this machine alone',
      ),
      url: may(
        link,
        'Address under which others reach the links. Without `listen` a `graydeck serve` there shows them.',
        'https://deck.example.com',
        'the address that is listened on',
      ),
    },
    {alsoCalled: {address: 'listen', link: 'url'}},
  ),
  ({listen = null, url = null}): ShareConfig => ({listen, url: url?.replace(/\/+$/u, '') ?? null}),
);
