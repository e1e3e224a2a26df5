import type {Verb} from './verb.ts';

/** Verbs about plans and the project file. */
export const FILES: readonly Verb[] = [
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
