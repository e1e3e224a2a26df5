import type {Verb} from './verb.ts';

/** Verbs for whatever moves users: edges and applications. */
export const ROUTING: readonly Verb[] = [
  {
    name: 'split render',
    summary: 'what a router would be told',
    arguments: [],
    flags: ['format'],
    changes: false,
    examples: ['graydeck split render', 'graydeck split render --format nginx --config graydeck.yaml'],
    more:
      'Formats: json, the split of one feature; nginx, the file that an edge includes, for all features under nginx: ' +
      'in the configuration. What nginx cannot express has prod for everyone there: exit code 3, with what it is.',
    file: 'split-render',
  },
];
