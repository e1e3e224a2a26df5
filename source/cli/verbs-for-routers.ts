import type {Verb} from './verb.ts';

/** Verbs for whatever moves users: edges and applications. */
export const ROUTING: readonly Verb[] = [
  {
    name: 'explain',
    summary: 'which side a user gets, and why',
    arguments: [{name: 'USER'}],
    flags: ['attr', 'header', 'cookie', 'address'],
    changes: false,
    examples: [
      'graydeck explain u-42',
      'graydeck explain u-42 --attr country=CN --attr user_type=lawyer --json',
      'graydeck explain u-42 --header x-gray-release=true',
      "graydeck explain '' --address 203.0.113.7",
    ],
    more:
      'The decision of every router: no release live, forced by header, by cookie, never, always, outside the audience, ' +
      'by percent. bucket is the place of the user, 0 to 2^32 - 1, as nginx hashes it.',
    file: 'explain',
  },
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
