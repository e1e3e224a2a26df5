import type {Verb} from './verb.ts';

/** Verbs for whatever moves users: edges and applications. */
export const ROUTING: readonly Verb[] = [
  {
    name: 'agent',
    summary: 'drive an nginx: the split into its configuration, what it confirms into the store',
    arguments: [{name: 'WHAT', isOptional: true, choices: ['prod', 'keep']}],
    flags: [],
    changes: true,
    isLasting: true,
    examples: ['graydeck agent', 'graydeck agent --config /etc/graydeck.yaml --json', 'graydeck agent prod'],
    more:
      'The configuration says under nginx: which file the site includes, where users are found, and the upstreams of ' +
      'each feature. A line for each change that nginx confirms. SIGTERM puts prod for everyone in place, but where a ' +
      'phase keeps gray when cut off; so does `agent prod`, for the stop action of a service. `agent keep` is started by ' +
      'the agent itself: it does the same when the agent dies.',
    file: 'agent',
  },
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
    summary: 'what a router receives',
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
