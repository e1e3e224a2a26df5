import {plainText} from '../../text/plain-text.ts';

/** What came from outside is text: stripped of control and bidi characters, at most this wide. */
const AT_MOST = 200;
/** All of a text: more than any entry may hold. */
const WHOLE = 8000;

/** Texts from outside as the screen may show them; on a shared screen, what names people or places is masked. */
export interface Cleaner {
  /** Versions, phase names, metric names: cleaned, never masked. */
  name(text: string, width?: number): string;
  /** Who did it. */
  who(text: string): string;
  /** Free text of people, and errors: as much as a row can hold. */
  free(text: string): string;
  /** The same, all of it: for an opened entry. */
  whole(text: string): string;
  /** Hosts and routers; `index` tells masked ones apart. */
  host(text: string, index: number): string;
  /** User ids. */
  user(text: string): string;
}

/** Shows everything, cleaned. */
export const OPEN: Cleaner = {
  name: (text, width = 40) => plainText(text, width),
  who: text => plainText(text, 40),
  free: text => plainText(text, AT_MOST),
  whole: text => plainText(text, WHOLE),
  host: text => plainText(text, 40),
  user: text => plainText(text, 40),
};

const MASK = '•••';

/** For shared screens: versions, numbers and states stay, people, hosts and words do not. */
export const MASKED: Cleaner = {
  ...OPEN,
  who: () => MASK,
  free: () => MASK,
  whole: () => MASK,
  host: (_, index) => `#${index + 1}`,
  user: () => MASK,
};
