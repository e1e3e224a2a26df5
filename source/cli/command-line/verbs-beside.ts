import {ALERT_LEVELS} from '../../release/plan.ts';
import {FEEDBACK_TYPES} from '../../analysis/feedback/feedback.ts';
import {STATES, type Verb} from './verb.ts';

/** Verbs that look, tell and help. */
export const BESIDE: readonly Verb[] = [
  {
    name: 'watch',
    summary: 'open the console (the verb when none is given), or what a link shows',
    arguments: [{name: 'LINK', isOptional: true}],
    flags: ['share', 'guard'],
    changes: false,
    isLasting: true,
    examples: [
      'graydeck',
      'graydeck watch --feature new_payment',
      'graydeck watch --read-only',
      'graydeck watch --guard',
      'graydeck watch http://ops-1:8090/s/TOKEN',
    ],
    more:
      'Without a terminal it prints a line for each change, as status --watch does. With a LINK of graydeck share it needs ' +
      'no store and no rights.',
    file: 'watch',
  },
  {
    name: 'demo',
    summary: 'open the console on a simulated service; needs nothing else',
    arguments: [],
    flags: ['share', 'guard'],
    changes: false,
    isLasting: true,
    examples: ['graydeck demo', 'graydeck demo --lang zh', 'graydeck demo --guard'],
    file: 'demo',
  },
  {
    name: 'audience show',
    summary: 'who is in, who is out',
    arguments: [],
    flags: [],
    changes: false,
    examples: ['graydeck audience show', 'graydeck audience show --json'],
    file: 'audience',
  },
  {
    name: 'status',
    summary: 'how it stands',
    arguments: [],
    flags: ['watch', 'window'],
    changes: false,
    examples: ['graydeck status', 'graydeck status --json --window 5m', 'graydeck status --watch'],
    more: 'With --watch the exit code says how the release ended: 0 completed, 5 rolled back.',
    file: 'status',
  },
  {
    name: 'log',
    summary: 'what happened, oldest first',
    arguments: [],
    flags: ['follow', 'output', 'release'],
    changes: false,
    examples: [
      'graydeck log',
      'graydeck log --follow',
      'graydeck log --json',
      'graydeck log --output deploy.backup',
    ],
    more: 'With --json and --follow one document a commit, one commit a line.',
    file: 'log',
  },
  {
    name: 'report',
    summary: 'what a release was like, running or over: Markdown, JSON, or one HTML file',
    arguments: [],
    flags: ['format', 'release'],
    changes: false,
    examples: [
      'graydeck report',
      'graydeck report --format html > report.html',
      'graydeck report --release r-7k2m9x --json',
    ],
    more:
      'The newest release unless --release names another. Formats: md, json, html; html needs nothing else to be read, ' +
      'light or dark. Times are in the time zone of this machine (TZ).',
    file: 'report',
  },
  {
    name: 'wait',
    summary: 'wait until the release is in a state',
    arguments: [],
    flags: ['for', 'timeout', 'release'],
    changes: false,
    examples: ['graydeck wait --for completed --timeout 2h', 'graydeck wait --for rolled_back'],
    more: `States: ${STATES.join(' ')}. Exit code 0: it is there; 5: it can no longer come; 6: timed out.`,
    file: 'wait',
  },
  {
    name: 'alert',
    summary: 'fire an alert by hand',
    arguments: [{name: 'LEVEL', choices: ALERT_LEVELS}, {name: 'MESSAGE'}],
    flags: [],
    changes: true,
    examples: ['graydeck alert warning "refunds look slow"'],
    file: 'alert',
  },
  {
    name: 'alert ack',
    summary: 'acknowledge an alert',
    arguments: [{name: 'ID'}],
    flags: [],
    changes: true,
    examples: ['graydeck alert ack a-7k2m9x'],
    file: 'alert',
  },
  {
    name: 'alert silence',
    summary: 'keep alerts that hold these words quiet for a while',
    arguments: [{name: 'MATCH'}],
    flags: ['for'],
    changes: true,
    examples: ['graydeck alert silence "error_rate" --for 30m', 'graydeck alert silence "*" --for 1h'],
    file: 'alert',
  },
  {
    name: 'feedback submit',
    summary: 'write down what a user found',
    arguments: [{name: 'TYPE', choices: FEEDBACK_TYPES}, {name: 'MESSAGE'}],
    flags: ['rating', 'deploymentPhase', 'deploymentVersion', 'user'],
    changes: true,
    examples: [
      'graydeck feedback submit bug "the amount is empty" --rating 2',
      'graydeck feedback submit experience "much faster" --rating 5 --deployment-phase beta --deployment-version v1.1.0',
    ],
    more: 'Without phase and version it is about the running release, or else about prod.',
    file: 'feedback',
  },
  {
    name: 'feedback stats',
    summary: 'feedback in numbers, by phase and version',
    arguments: [],
    flags: ['deploymentPhase', 'deploymentVersion', 'window'],
    changes: false,
    examples: [
      'graydeck feedback stats',
      'graydeck feedback stats --deployment-phase beta --window 48h --json',
    ],
    more: 'Without --window all that is kept, which is three months.',
    file: 'feedback',
  },
  {
    name: 'feedback report',
    summary: 'feedback in numbers and words, newest first',
    arguments: [],
    flags: ['deploymentPhase', 'deploymentVersion', 'window'],
    changes: false,
    examples: ['graydeck feedback report', 'graydeck feedback report --deployment-version v1.1.0'],
    file: 'feedback',
  },
  {
    name: 'guard',
    summary: 'judge and act without an open console',
    arguments: [],
    flags: [],
    changes: true,
    isLasting: true,
    examples: [
      'graydeck guard',
      'graydeck guard --feature new_payment --by "guard on ops-1"',
      'graydeck guard --json',
    ],
    more:
      'Over one feature, or all of the store. Several may run: one acts, the others stand by. A line for each change; ' +
      'SIGTERM and Ctrl-C hand over and end it with exit code 0.',
    file: 'guard',
  },
  {
    name: 'serve',
    summary: 'status, events, feedback and decisions by HTTP, and numbers for Prometheus',
    arguments: [],
    flags: ['listen', 'tokens', 'allowOrigin', 'trustProxy'],
    changes: false,
    isLasting: true,
    examples: [
      'graydeck serve --tokens tokens.txt',
      'graydeck serve --tokens tokens.txt --listen 0.0.0.0:8080 --allow-origin https://app.example.com',
    ],
    more:
      'Scopes: read for status, events and the numbers of feedback; feedback to write it; evaluate for decisions by OFREP and write for samples (graydeck help languages); operate beside read shows hooks and people. ' +
      '/healthz and /metrics want no token; /api/v1/openapi.json describes the rest. With --read-only no feedback is ' +
      'taken. No TLS: for other hosts put it behind a proxy that has it, named by --trust-proxy so that limits are by client.',
    file: 'serve',
  },
  {
    name: 'judge',
    summary: 'the judge alone: recordings on stdin, a decision for each tick on stdout',
    arguments: [],
    flags: ['plan'],
    changes: false,
    isLasting: true,
    examples: ['cat pay.ndjson | graydeck judge', 'cat pay.ndjson | graydeck judge --plan pay.yaml'],
    more:
      'Lines of JSON, any number of ids interleaved: {"type":"start","id","tickSeconds","grayShare"}, ' +
      '{"type":"history","id","t","prod"}, {"type":"tick","id","t","grayShare","prod","gray"}, {"type":"end","id"}. ' +
      'A side is {"requests","errors","conversions","latencySumMs","hist":[[bucket,count]]}; bucket i holds 2^(i/8) to ' +
      '2^((i+1)/8) ms, and may have "instances":[{"id","requests","errors","latencySumMs"}]: what each host did. One answer a tick: {"id","decision","reason"}. A file of graydeck record is taken as it is: one answer ' +
      'a second of it, id is the feature. Without --plan evidence alone decides. A line that cannot be used is told on stderr, ' +
      'exit code 2. Exit code 5: the last word on a recording was pause or rollback.',
    file: 'judge',
  },
  {
    name: 'doctor',
    summary: 'look at everything a release stands on, and say what mends it',
    arguments: [],
    flags: ['repairLog', 'acceptUnknown', 'repairSamples', 'sendTest'],
    changes: false,
    examples: [
      'graydeck doctor',
      'graydeck doctor --json',
      'graydeck doctor --send-test',
      'graydeck doctor --repair-log',
      'graydeck doctor --repair-samples',
    ],
    more:
      'The store and what it keeps, the chain of the log, clocks, routers, the guard, Prometheus and its limits, the programs ' +
      'of the plan, the services and channels that graydeck.yaml declares. Exit code 1 when something is wrong.',
    file: 'doctor',
  },
  {
    name: 'record',
    summary: 'write down all there is to see of a feature, until it is stopped',
    arguments: [{name: 'FILE', isFile: true}],
    flags: [],
    changes: false,
    isLasting: true,
    examples: ['graydeck record pay.ndjson', 'graydeck record pay.ndjson --feature new_payment'],
    more: 'Lines of JSON for replay and judge: the log, every second as measured, what routers said. A file that is there goes on.',
    file: 'record',
  },
  {
    name: 'replay',
    summary: 'the console over a recording, or over what the store still holds of the past',
    arguments: [{name: 'FILE', isOptional: true, isFile: true}],
    flags: ['from', 'share'],
    changes: false,
    examples: [
      'graydeck replay pay.ndjson',
      'graydeck replay --from 10m',
      'graydeck replay pay.ndjson --from 14:02',
    ],
    more:
      'The keys , and . step ten seconds, < and > change the speed, End goes to the end. Nothing can be changed there. Of ' +
      'the store: its whole log, and the numbers of the last hour.',
    file: 'replay',
  },
  {
    name: 'acl',
    summary: 'lines of a Redis ACL for a role',
    arguments: [{name: 'ROLE', choices: ['viewer', 'app', 'agent', 'operator']}],
    flags: [],
    changes: false,
    examples: ['graydeck acl viewer', 'graydeck acl app'],
    file: 'acl',
  },
  {
    name: 'completions',
    summary: 'completions for your shell',
    arguments: [{name: 'SHELL', choices: ['bash', 'zsh', 'fish']}],
    flags: [],
    changes: false,
    examples: [
      'source <(graydeck completions bash)',
      'graydeck completions zsh > "${fpath[1]}/_graydeck"',
      'graydeck completions fish > ~/.config/fish/completions/graydeck.fish',
    ],
    file: 'completions',
  },
  {
    name: 'help',
    summary: 'the manual: its topics, or a page of it',
    arguments: [{name: 'TOPIC', isOptional: true, isMany: true}],
    flags: [],
    changes: false,
    examples: ['graydeck help', 'graydeck help redis', 'graydeck help troubleshooting | less'],
    more: 'Where TOPIC is a verb and no page, it is the same as --help of the verb.',
    file: 'help',
  },
];
