import type {Histories} from '../history.ts';
import type {Messages} from '../messages/catalogue.ts';
import type {Reading} from '../reading.ts';
import type {ValuesThen} from './cause.ts';
import type {Cleaner} from './clean.ts';

/** What every presenter is given: the moment, the words, and how outside text is cleaned. */
export interface ViewModel {
  reading: Reading;
  /** Sparklines' values, by metric. */
  histories: Histories;
  t: Messages;
  clean: Cleaner;
  /** Whether keys that change something exist here. */
  mayAct: boolean;
  /** What both sides measured when the release was rolled back; absent or null: it was not, or not known. */
  then?: ValuesThen | null;
}
