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
    flags: ['release'],
    changes: true,
    examples: ['graydeck enable'],
    more: 'It exposes more people, so it asks first; without a terminal it needs --yes.',
    file: 'disable',
  },
  {
    name: 'approve',
    summary: "the second person's yes, where a plan says approval: 2",
    arguments: [],
    flags: ['release'],
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
