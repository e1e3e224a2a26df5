import {fromJson} from '../release/well-formed.ts';

/** What a text says as JSON; null for one that is none. */
export function readJson(text: string): unknown {
  try {
    return fromJson(text);
  } catch {
    return null;
  }
}
