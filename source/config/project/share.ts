import {z} from 'zod';
import {line} from '../yaml/leaf.ts';
import type {Reader, Spot} from '../yaml/reader.ts';

/** Where links to watch by are served. Null: not written. */
export interface ShareConfig {
  /** Host and port that `graydeck share` listens on, as `--listen` takes them. */
  listen: string | null;
  /** Address under which others reach it, or a `graydeck serve`: scheme, host, and what else stands before `/s/`. */
  url: string | null;
}

export const NO_SHARE: ShareConfig = {listen: null, url: null};

const SHAPE = {
  listen: line(300),
  url: line(1024).pipe(
    z.string().refine(text => URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol), {
      error: 'https://deck.example.com',
    }),
  ),
};

/** Reads `share:`. */
export function readShare(reader: Reader, spot: Spot): ShareConfig {
  const {listen = null, url = null} = reader.fields(spot, SHAPE, {address: 'listen', link: 'url'}) ?? {};
  return {listen, url: url?.replace(/\/+$/u, '') ?? null};
}
