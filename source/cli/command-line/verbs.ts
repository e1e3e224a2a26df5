import type {Verb} from './verb.ts';
import {BESIDE} from './verbs-beside.ts';
import {FILES, GOVERNING, ROUTING, SHARING} from './verbs-of-guard.ts';
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
