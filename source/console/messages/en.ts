import {metricWordsIn} from '../../analysis/metrics.ts';
import {faultText} from '../../analysis/people/faults.ts';
import type {Event} from '../../release/event.ts';
import {clockwork, count, setPercent} from '../../text/format.ts';
import {enChart} from './en-chart.ts';
import {enBrief} from './en-brief.ts';
import {enEdges} from './en-edges.ts';
import {enEvents, wishWords} from './en-events.ts';
import {enKeys} from './en-keys.ts';
import {enRollback, many} from './en-rollback.ts';
import {enShare} from './en-share.ts';
import {enVerdict} from './en-verdict.ts';
import type {EventAbout} from './event-about.ts';

function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** English: plain, exact, short enough for a row. */
export const en = {
  ...enKeys,
  verdict: enVerdict,
  edges: enEdges,
  share: enShare,
  brief: enBrief,
  age,
  ago: (ms: number) => `${age(ms)} ago`,
  over: 'over',
  labelled: (label: string) => `${label}: `,
  points: 'pt',
  phase: (n: number, of: number) => `phase ${n} of ${of}`,
  wish: wishWords,
  barred: {
    disabled: (why: 'person' | 'approval' | 'frozen', who: string, reason: string | null) =>
      `disabled, prod for everyone${reason === null ? '' : `: "${reason}"`}, by ${who}  → graydeck ${why === 'approval' ? 'approve' : 'enable'}`,
    frozen: (until: string, reason: string, who: string) =>
      `raises are frozen until ${until}: "${reason}", by ${who}  → graydeck freeze lift`,
    approval: (wish: string, asked: string, yes: string) =>
      `${wish} waits for two people, asked by ${asked}${yes === '' ? '' : `; yes by ${yes}`}  → graydeck approve`,
  },
  since: (time: string) => `since ${time}`,
  lastChange: (version: number, id: string, who: string, time: string) =>
    `last change: version ${version} (${id}), ${time}, by ${who}`,
  requests: (number: string) => `${number} requests`,
  windowOf: (seconds: number) => `over ${clockwork(seconds * 1000)}`,
  attempts: (times: number) => `(try ${times})`,
  stepsDone: (done: number, of: number) => `${done} of ${many(of, 'step')} done`,
  more: (number: number) => `+${number} more`,
  lights: {
    away: (name: string, forHowLong: string) => `${name} away ${forHowLong}`.trimEnd(),
    prometheus: 'prometheus',
    absent: 'absent',
    guard: 'guard',
    guardSilent: (age: string) => `guard silent ${age}`,
    noGuard: 'no guard',
    routers: 'routers',
    noRouters: 'no routers',
  },
  fleet: {
    title: 'ALL FEATURES',
    count: (features: number) => many(features, 'feature'),
    needsYou: (features: number) => (features === 1 ? '1 needs you' : `${features} need you`),
    look: (features: number) => `${features} to look at`,
    allWell: 'none needs you',
    unknown: 'no guard or console has published it yet',
    old: (age: string) => `last heard ${age} ago: no guard and no console is open`,
    notJudged: 'not judged yet',
    barred: (why: 'disabled' | 'approval' | 'hours', time: string, by: string) =>
      why === 'disabled'
        ? `disabled for ${time} by ${by}: prod for everyone`
        : why === 'approval'
          ? `waits for a second person, ${time} (asked by ${by})`
          : 'outside of the hours for raises',
    freeze: (until: string, reason: string) => `freeze until ${until}${reason === '' ? '' : ` (${reason})`}`,
    alerts: (alerts: number) => many(alerts, 'alert'),
    nothing: 'no feature matches the filter: Esc clears it',
    unbound: (key: string) => `${key} does nothing in the list: Enter opens the feature`,
    footer: ['Enter open', 'r roll back', '/ filter', 'Esc back', '? keys', 'q quit'],
  },
  badges: {share: 'SHARED', readOnly: 'READ-ONLY', demo: 'DEMO'},
  past: (day: string, speed: number, isRunning: boolean) =>
    `NOT NOW ${day} ${isRunning ? `▶ ${speed}x` : 'HALTED'}`,
  states: {
    idle: 'IDLE',
    deploying: 'DEPLOYING',
    rolling: 'ROLLING',
    paused: 'PAUSED',
    promoting: 'PROMOTING',
    rolling_back: 'ROLLING BACK',
    completed: 'COMPLETED',
    rolled_back: 'ROLLED BACK',
    failed: 'FAILED',
  },
  idle: {
    line: 'no release yet',
    headline: (feature: string) =>
      `nothing is under gray. To begin:  graydeck start VERSION --feature ${feature}`,
  },
  percents: {set: 'set', applied: 'applied', seen: 'seen'},
  gate: {
    opensIn: (time: string) => `phase ends in ${time}`,
    open: 'phase time is over: n goes on',
    manual: 'n goes on when you say so',
    last: 'C promotes it when you say so',
    held: (why: string) => `clock stands: ${why}`,
    stands: 'clock stands',
    standsAt: (left: string) => `clock stands at ${left}`,
    ended: (when: string) => `ended ${when}`,
  },
  limit: (value: string) => `limit ${value}`,
  sides: {prod: 'PROD', gray: 'GRAY'},
  side: {
    noData: 'no data',
    noRoute: 'no users',
    stale: (when: string) => `last data ${when}`,
    window: (seconds: number, requests: number) => `${count(requests)} requests in ${seconds} s`,
    seconds: (seconds: number) => `last ${seconds} s`,
    /** The numbers are those of before the last change of the percentage. */
    carried: (when: string) => `before the change, ${when}`,
  },
  metrics: metricWordsIn('en', 'short'),
  useOf: (name: string) => `use of ${name}`,
  numberStates: {
    waiting: '…',
    lagging: 'lagging',
    nan: 'NaN',
    inf: 'infinite',
    empty: 'no data',
    several: 'several',
    timeout: 'timeout',
    'bad-query': 'bad query',
    unauthorized: 'no rights',
    'server-error': 'error 5xx',
    unreachable: 'away',
    'not-prometheus': 'wrong URL',
  },
  standings: {
    both: 'both over limit',
    worse: 'worse',
    doubtful: 'look',
    same: 'same',
    better: 'better',
    few: 'too few',
    none: '',
  },
  faults: {
    'people-unreadable': (count: number) => faultText('people-unreadable', count),
    'people-contradictory': (count: number) => faultText('people-contradictory', count),
    'people-full': (count: number) => faultText('people-full', count),
    'people-unread': (count: number) => faultText('people-unread', count),
  },
  headlines: {
    storeAway: (time: string) =>
      `store away for ${time}: this is the last that was seen, and keys cannot act`,
    storeAwayShort: (time: string) => `store away for ${time}`,
    logAway: (time: string) => `the log cannot be read for ${time}: this is the last that was seen`,
    logBroken: (time: string, why: string) =>
      `the log did not hold at ${time}: ${why}. It was read again from its start`,
    newerLog: (event: string) => `a newer Graydeck wrote "${event}": only rollback is possible from here`,
    failed: (step: string, at: string, error: string, isServing: boolean) =>
      `${step} failed${at === '' ? '' : ` at ${at}`}${error === '' ? '' : `: ${error}`}${isServing ? '; gray keeps serving' : ''}`,
    leftOver: (rate: string) => `gray still gets ${rate} although no user should`,
    paused: (when: string, reason: string, keeps: boolean) =>
      `not going up${when}${reason === '' ? '' : `: "${reason}"`}${keeps ? '. Gray keeps its users' : ''}`,
    pausedSince: (time: string, since: string, who: string) => ` for ${time}, since ${since} by ${who}`,
    pausedFor: (time: string) => ` for ${time}`,
    completed: (version: string) => `prod is ${version} for everyone`,
    worse: (metric: string, value: string, than: string, when: string, also: readonly string[]) =>
      `GRAY ${metric} ${value}, ${than}${when}${also.length === 0 ? '' : `; also ${also.join(', ')}`}`,
    worseShort: (metric: string, value: string, prod: string, time: string) =>
      `GRAY ${metric} ${value}, prod ${prod}${time === '' ? '' : `, for ${time}`}`,
    against: (difference: string, prod: string) => `${difference} of prod's ${prod}`,
    over: (limit: string, prod: string) => `limit ${limit}, prod ${prod}`,
    forSince: (time: string, since: string) => `, for ${time} since ${since}`,
    doubtful: (list: string[]) => `worth a look on gray: ${list.join(', ')}`,
    alert: (message: string, number: number) =>
      `${number > 1 ? `${number} critical alerts, newest: ` : ''}${message}`,
    alertSince: (text: string, since: string) => `${text}, since ${since}`,
    silent: (number: number, names: string[], leftMs: number) =>
      `${many(number, 'router')} silent (${names.join(', ')}${number > names.length ? ', …' : ''}): ${
        leftMs > 0
          ? `at prod by itself in at most ${Math.ceil(leftMs / 1000)} s`
          : 'past its bound, so at prod by itself'
      }`,
    behind: (number: number, names: string[]) =>
      `${many(number, 'router')} not at the set percent yet: ${names.join(', ')}${number > names.length ? ', …' : ''}`,
    observed: (seen: number, set: number) =>
      `gray gets ${seen.toFixed(1)} % of the requests, ${setPercent(set)} is set`,
    streamAway: (why: string) => `measurements cannot be read: ${why}`,
    sourceAway: (name: string, why: string) => `${name} does not answer: ${why}`,
    sourceWarns: (name: string, what: string) => `${name} warns: ${what}`,
    junk: (number: number, example: string) =>
      `${many(number, 'entry of the sample stream is', 'entries of the sample stream are')} not counted, lately ${example}`,
    /** `time`: null where the stream has reached the last id there is. */
    ahead: (time: string | null) =>
      time === null
        ? 'no sample can be written: the stream has reached its last id. graydeck doctor --repair-samples'
        : `the sample stream is ${time} ahead of the store's clock. graydeck doctor --repair-samples`,
    noGray: 'no sample from gray: nothing is known about it',
    staleGray: (when: string, then: string[]) =>
      `gray is quiet: its last sample came ${when}${then.length === 0 ? '' : `, and then stood out: ${then.join(', ')}`}`,
    staleProd: (when: string) => `prod is quiet: its last sample came ${when}`,
    deploying: 'gray is being deployed; no user gets it yet',
    promoting: 'everyone is on gray while prod is upgraded',
    fine: (rows: number) =>
      `gray looks like prod in ${rows === 1 ? 'the one metric' : `all ${rows} metrics`} compared`,
    waiting: 'waiting for the first samples from gray',
    alone: 'everyone is on gray: there is no prod to compare with',
    few: (requests: number) => `${many(requests, 'gray request')} so far: too few to compare`,
  },
  hints: {
    rollback: 'r then y takes it back',
    offline: 'graydeck rollback --offline: prod, host by host',
    repair: 'graydeck doctor --repair-log',
    newer: 'update this one',
    retryOrBack: 'R retries, r then y takes it back',
    resume: 'P resumes',
    approve: 'v approves',
    chart: 'Enter shows the chart',
    acknowledge: 'A acknowledges',
  },
  rollback: enRollback,
  runsInLog: {deploy: 'deploy', phase: 'next phase', promotion: 'promotion', rollback: 'rollback'},
  runs: {deploy: 'DEPLOY', phase: 'NEXT PHASE', promotion: 'PROMOTION', rollback: 'ROLLBACK'},
  steps: {
    backup: 'backup',
    deploy: 'deploy gray',
    traffic: 'traffic',
    promote: 'upgrade prod',
    verify: 'verify',
    'traffic-to-prod': 'traffic to prod',
    cleanup: 'clean up',
    demote: 'prod back',
    stop: 'stop gray',
    restore: 'restore data',
    notify: 'notify',
    snapshot: 'snapshot',
    before: 'before the phase',
    after: 'after the phase',
    confirm: 'gate',
  },
  skipped: (names: string[]) => `no hook: ${names.join(', ')}`,
  judge: {
    title: 'VERDICT',
    none: 'none yet',
    noGuardShort: 'not judged',
    noGuard: 'No guard: nothing pauses or rolls back by itself. You are the judge.',
    startOne: (feature: string) => `graydeck guard --feature ${feature}`,
    notYet: (guard: string) => `${guard} has not judged yet`,
    unwatched: 'unwatched limits:',
    limits: 'limits:',
  },
  thens: {rollback: 'rollback', pause: 'pause', alert: 'alert', advance: 'go on early', wait: 'wait'},
  actions: {advance: 'ADVANCE', hold: 'HOLD', pause: 'PAUSE', rollback: 'ROLLBACK'},
  log: {
    title: 'LOG',
    empty: 'nothing happened yet',
    noMatch: 'no row matches the filter',
    alerts: (open: number, unacknowledged: number) =>
      unacknowledged === 0
        ? many(open, 'open alert')
        : `${many(open, 'open alert')}, ${unacknowledged} not acknowledged`,
    unknown: (type: string) => `"${type}", from a newer Graydeck`,
    repeated: (times: number) => `${times} times`,
    silenced: 'silenced',
    resolved: 'resolved',
    feedback: (type: string, rating: number | null, words: string) =>
      `feedback, ${type}${rating === null ? '' : `, ${rating} of 5`}: ${words}`,
    acknowledged: (who: string) => `seen by ${who}`,
  },
  event: (event: Event, about: EventAbout): string => {
    const tell = enEvents[event.type] as (event: Event, about: EventAbout) => string;
    return tell(event, about);
  },
  chart: enChart,
  filter: (text: string) => `filter: ${text}`,
  metricsNoMatch: 'no metric matches the filter',
  panelBroken: (name: string, why: string) => `${name} cannot be shown: ${why}`,
  tooSmall: (columns: number, rows: number, needColumns: number, needRows: number) =>
    `This window is ${columns}x${rows}; the console needs ${needColumns}x${needRows}.`,
  tooSmallHint: 'Enlarge it; the console goes on. q quits.',
  tooSmallBack: 'r then y rolls back from here too.',
};
