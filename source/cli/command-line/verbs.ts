import type {Verb} from './verb.ts';
import {BESIDE} from './verbs-beside.ts';
import {FILES} from './verbs-of-files.ts';
import {ROUTING} from './verbs-for-routers.ts';
import {GOVERNING} from './verbs-that-govern.ts';
import {SHARING} from './verbs-sharing.ts';
import {MOVING} from './verbs-that-move.ts';

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  ...BESIDE.filter(({name}) => name === 'watch' || name === 'demo'),
  ...MOVING,
  ...BESIDE.filter(({name}) => name !== 'watch' && name !== 'demo'),
  ...GOVERNING,
  ...SHARING,
  ...FILES,
  ...ROUTING,
];
