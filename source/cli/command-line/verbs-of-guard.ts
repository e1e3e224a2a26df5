import type {Verb} from './verb.ts';

/** Verbs about who may raise, when, and whether the log is as it was written. */
export const GOVERNING: readonly Verb[] = [
  {
    name: 'disable',
    summary: 'prod for everyone, without ending the release',
    arguments: [],
    flags: ['release'],
    changes: true,
    examples: ['graydeck disable --reason "looking at refunds"'],
    more: 'The release stays where it is, with its clock standing; graydeck enable goes on from there. It never asks.',
    file: 'disable',
  },
  {
    name: 'enable',
    summary: 'back to the percent from before disable',
    arguments: [],
    flags: ['release', 'confirm'],
    changes: true,
    examples: ['graydeck enable'],
    more: 'It exposes more people, so it asks first; without a terminal it needs --yes.',
    file: 'disable',
  },
  {
    name: 'approve',
    summary: "the second person's yes, where a plan says approval: 2",
    arguments: [],
    flags: ['release', 'confirm'],
    changes: true,
    examples: ['graydeck approve', 'graydeck approve --yes --reason "checked the dashboards"'],
    more: 'Two people are two users of the store: graydeck acl operator gives each their own. It asks first.',
    file: 'approve',
  },
  {
    name: 'freeze',
    summary: 'no raise of any feature of the store until a moment',
    arguments: [],
    flags: ['until'],
    changes: true,
    examples: [
      'graydeck freeze --until 18h --reason "audit"',
      'graydeck freeze --until 2026-12-27T08:00+01:00 --reason "holidays"',
    ],
    more: 'start, next, raises, include, enable and approve are refused with exit code 3 and the reason; a rollback never is.',
    file: 'freeze',
  },
  {
    name: 'freeze lift',
    summary: 'end the freeze before its time',
    arguments: [],
    flags: [],
    changes: true,
    examples: ['graydeck freeze lift --reason "the audit is over"'],
    file: 'freeze',
  },
  {
    name: 'log verify',
    summary: 'compare the id of each commit with its content',
    arguments: [{name: 'HEAD', isOptional: true}],
    flags: [],
    changes: false,
    examples: ['graydeck log verify', 'graydeck log verify 218:3f9c0b7a51de', 'graydeck log verify --json'],
    more:
      'It names the first commit that was changed, and exits 1. HEAD is a version and an id, as notices and reports show ' +
      'them. An operator of the store can rewrite the whole log with new ids; then that head is no longer in it.',
    file: 'log-verify',
  },
];

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

/** Verbs that let others watch. */
export const SHARING: readonly Verb[] = [
  {
    name: 'share',
    summary: 'a link by which others watch: in a browser, with curl, in a terminal',
    arguments: [],
    flags: ['for', 'mask', 'listen'],
    changes: true,
    isLasting: true,
    examples: ['graydeck share', 'graydeck share --for 30m --mask', 'graydeck share --listen 0.0.0.0:8090'],
    more:
      'Open the link in a browser, or: curl -N LINK, graydeck watch LINK. It shows everything and changes nothing. It holds for two hours unless --for says otherwise, at most 30 days. ' +
      'Without --listen and share.listen only this machine reaches it, and the ssh line for others is printed. Where the ' +
      'configuration names share.url alone, graydeck serve shows the link there and this ends at once.',
    file: 'share',
  },
  {
    name: 'share revoke',
    summary: 'end the links of a feature, or one: they go dark within two seconds',
    arguments: [{name: 'LINK', isOptional: true}],
    flags: [],
    changes: true,
    examples: ['graydeck share revoke', 'graydeck share revoke http://ops-1:8090/s/TOKEN'],
    file: 'share',
  },
  {
    name: 'brief',
    summary: 'one screen for the next shift: state, changes, alerts, who acts, what comes next',
    arguments: [],
    flags: ['mask'],
    changes: false,
    examples: ['graydeck brief', 'graydeck brief --feature new_payment --mask', 'graydeck brief --json'],
    file: 'brief',
  },
];

/** Verbs about plans and the project file. */
export const FILES: readonly Verb[] = [
  {
    name: 'init',
    summary: 'ask five questions, and write graydeck.yaml and plan.yaml into this folder',
    arguments: [],
    flags: ['from', 'router'],
    changes: true,
    examples: [
      'graydeck init',
      'graydeck init --yes --feature new_payment --store redis://127.0.0.1:6379/0 --from ramp --router nginx',
    ],
    more: 'Flags suggest the answers; with --yes, and without a terminal, they are the answers. A file that exists is never overwritten.',
    file: 'init',
  },
  {
    name: 'plan check',
    summary: 'find every mistake of a plan',
    arguments: [{name: 'FILE', isFile: true}],
    flags: ['traffic'],
    changes: false,
    examples: [
      'graydeck plan check payment.yaml',
      'graydeck plan check payment.yaml --traffic 200/s',
      'cat payment.yaml | graydeck plan check -',
    ],
    more:
      'With --traffic it says as well which phases are too short to show anything, and which windows never hold ' +
      'enough requests. Without an error rate prod is taken to fail one request in a hundred.',
    file: 'plan',
  },
  {
    name: 'plan show',
    summary: 'the timetable of a plan, and how its conditions are read, in words',
    arguments: [{name: 'FILE', isFile: true}],
    flags: ['traffic'],
    changes: false,
    examples: ['graydeck plan show payment.yaml --traffic 200/s,0.5%', 'graydeck plan show built-in'],
    file: 'plan',
  },
  {
    name: 'plan new',
    summary: 'print a plan with comments, to begin with',
    arguments: [],
    flags: ['from'],
    changes: false,
    examples: ['graydeck plan new > plan.yaml', 'graydeck plan new --from ramp --lang zh'],
    more: '--from seed-four (four phases by time; also without --from), seed-five (five phases with criteria) or ramp (equal steps).',
    file: 'plan',
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of a plan or of graydeck.yaml, for editors',
    arguments: [{name: 'WHAT', choices: ['plan', 'project']}],
    flags: [],
    changes: false,
    examples: ['graydeck schema plan > plan.schema.json', 'graydeck schema project > project.schema.json'],
    more: 'An editor uses it by the first line of the file: # yaml-language-server: $schema=plan.schema.json',
    file: 'schema',
  },
];
