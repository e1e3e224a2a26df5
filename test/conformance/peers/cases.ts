/**
 * What users of other tools for gray releases expect, in our own words. Each case has a proof in `peers.test.ts`; the table of
 * deviations in `source/docs/comparison.md` is made from this list.
 */
export interface PeerCase {
  id: string;
  /** The tool whose users expect it. */
  peer: 'Argo Rollouts' | 'Flagger' | 'Kayenta' | 'OpenKruise';
  situation: string;
  /** What the tool's users expect. */
  expected: string;
  /** What Graydeck does. */
  ours: string;
  /** Why Graydeck does something else; absent: it does what is expected. */
  because?: string;
}

export const CASES = {
  'abort-and-try-again': {
    peer: 'Argo Rollouts',
    situation: 'A release at 50 % is aborted, then tried again',
    expected: 'Weight 0 at once; a retry begins at the first step',
    ours: 'Prod for everyone at once; `start` begins at the first phase, as a release of its own',
    because:
      'A release that was rolled back is over: its version does not come back without a decision to start it',
  },
  'promote-full': {
    peer: 'Argo Rollouts',
    situation: 'A person promotes at once from an early step',
    expected: 'The remaining steps are skipped',
    ours: '`complete` goes to 100 % from any phase, after the version was typed',
  },
  'sick-on-sick': {
    peer: 'Argo Rollouts',
    situation: 'Prod and gray fail alike',
    expected: 'The release never strands; it goes on or back by its analysis',
    ours: 'It holds with an alert, code `both_sides`; a person decides',
    because: 'Prod is no refuge while it fails as well',
  },
  'good-on-sick': {
    peer: 'Argo Rollouts',
    situation: 'A good version is released onto a prod that fails',
    expected: 'The release goes through',
    ours: 'It advances',
  },
  'bad-plan': {
    peer: 'Argo Rollouts',
    situation: 'A plan with mistakes is applied, then mended',
    expected: 'The mistakes are named, the mended plan runs',
    ours: 'Every mistake with line and column; the mended plan starts',
  },
  'pause-takes-time': {
    peer: 'Argo Rollouts',
    situation: 'A pause lasts longer than the phase',
    expected: 'Time in a pause is no lack of progress',
    ours: 'The phase clock stands while the release is paused',
  },
  'limit-across-phases': {
    peer: 'Argo Rollouts',
    situation: 'An analysis runs in the background across steps and fails',
    expected: 'The release is aborted',
    ours: 'A guardrail keeps its hold over a change of the phase and rolls back',
  },
  'failing-step-analysis': {
    peer: 'Argo Rollouts',
    situation: 'The analysis of one step fails',
    expected: 'The release is aborted',
    ours: 'A criterion that does not hold keeps the release in its phase',
    because: 'A criterion says what a raise needs. What takes gray back is a guardrail or evidence',
  },
  inconclusive: {
    peer: 'Argo Rollouts',
    situation: 'An analysis can decide neither way, again and again',
    expected: 'The release pauses with that reason and keeps its weight',
    ours: 'The release holds, names the criterion, keeps its percent, and goes on by itself once there is enough data',
    because: 'A pause would wait for a person although nothing is wrong',
  },
  'job-that-fails': {
    peer: 'Argo Rollouts',
    situation: 'A job that deploys ends with a failure',
    expected: 'The step failed; it is not taken for a success',
    ours: 'The release is `failed`, gray gets no traffic, a person retries or rolls back',
  },
  'old-stop-order': {
    peer: 'Argo Rollouts',
    situation: 'Gray is stopped after an abort',
    expected: 'Some seconds after the traffic is back',
    ours: 'The step `stop` comes after the step that waits for the routers',
  },
  'quiet-pause': {
    peer: 'Argo Rollouts',
    situation: 'A release is paused for a long time',
    expected: 'Nothing is written again and again',
    ours: 'Ten minutes of a pause add no commit',
  },
  'rollback-window': {
    peer: 'Argo Rollouts',
    situation: 'A completed release is rolled back soon, and after the window',
    expected: 'Soon: without steps. Later: as any other release',
    ours: 'Soon: prod for everyone, `demote` first. Later: refused, with the way to start the old version as a release',
  },
  'header-route': {
    peer: 'Argo Rollouts',
    situation: 'A header routes to gray when the release is aborted',
    expected: 'The route is removed',
    ours: 'After a rollback every header, cookie and included user gets prod',
  },
  'abort-without-servers': {
    peer: 'Argo Rollouts',
    situation: 'An abort while gray answers nothing',
    expected: 'The abort goes through',
    ours: 'A rollback needs no data and no router',
  },
  'compensation-on-abort': {
    peer: 'Argo Rollouts',
    situation: 'An abort after steps have changed prod',
    expected: 'Plugins undo their steps in reverse order',
    ours: '`demote` takes the version off prod before `stop` and `restore`',
  },
  'dry-run': {
    peer: 'Argo Rollouts',
    situation: 'A metric in dry run fails',
    expected: 'It is shown and decides nothing',
    ours: 'A criterion with `dryRun: true` is shown and decides nothing',
  },
  'provider-answers': {
    peer: 'Argo Rollouts',
    situation: 'The metric system answers NaN, infinity, nothing, several series, nonsense',
    expected: 'Each has its own outcome',
    ours: 'Each is a state of its own, none is a number; several series are refused',
  },
  'provider-errors': {
    peer: 'Argo Rollouts',
    situation: 'The metric system fails four times in a row',
    expected: 'The analysis ends in an error and the release is aborted',
    ours: 'The release holds for as long as it lasts and is not rolled back',
    because: 'No data says nothing about gray. Promise: it never rolls back by itself',
  },
  'new-version-meanwhile': {
    peer: 'Flagger',
    situation: 'A new version appears while a release runs',
    expected: 'Weights go to 0 and the analysis begins again',
    ours: '`start` is refused and names the release that runs; `--supersede` rolls it back first',
    because: 'Two versions of gray in one release cannot be judged',
  },
  'no-values': {
    peer: 'Flagger',
    situation: 'A quiet hour: the query gives no values',
    expected: 'A failed check, which counts to the threshold',
    ours: 'The release holds with `no_data` and an alert, and is not rolled back',
    because: 'A quiet hour is no fault of gray',
  },
  'failed-promotion': {
    peer: 'Flagger',
    situation: 'Prod does not become ready in the promotion',
    expected: 'Traffic stays on the canary',
    ours: 'Gray keeps all traffic, the release is `failed`, a person retries or rolls back',
  },
  'weight-sequence': {
    peer: 'Flagger',
    situation: 'Steps of 20 %',
    expected: 'Prod gets 100, 80, 60, 40 …',
    ours: '`ramp: {step: 20 %}` makes phases of 20, 40, 60, 80 and 100 %',
  },
  'overflowing-steps': {
    peer: 'Flagger',
    situation: 'A list of steps goes beyond 100 %, or falls',
    expected: 'It is clamped',
    ours: 'It is a mistake of the plan',
    because: 'A plan that says 120 % means something else',
  },
  'failing-webhook': {
    peer: 'Flagger',
    situation: 'A hook fails, then is tried again',
    expected: 'It is retried',
    ours: 'The release stops there; `retry` runs the step again, nothing before it',
    because: 'A program of yours is run again by a person who has seen its output',
  },
  'failures-add-up': {
    peer: 'Flagger',
    situation: 'A limit is passed now and then, never for long',
    expected: 'Failures add up over the whole run until the threshold',
    ours: 'A guardrail counts time without a break; a break begins it anew',
    because: 'Otherwise a long release is rolled back for noise',
  },
  'nodata-group': {
    peer: 'Kayenta',
    situation: 'A metric has no data on one side',
    expected: 'Nodata: neither pass nor fail',
    ours: 'The criterion is undecided; the release holds',
  },
  direction: {
    peer: 'Kayenta',
    situation: 'Gray differs from prod for the better',
    expected: 'Pass, if the direction is `increase`',
    ours: 'Evidence names gray better and never stops it',
  },
  ties: {
    peer: 'Kayenta',
    situation: 'Both sides alike, or all zero',
    expected: 'Pass',
    ours: 'Evidence says nothing',
  },
  'critical-metric': {
    peer: 'Kayenta',
    situation: 'One critical metric is worse, the others are well',
    expected: 'The whole fails',
    ours: 'Evidence on one metric decides, whatever the others say',
  },
  'effect-size': {
    peer: 'Kayenta',
    situation: 'A difference below the allowed effect',
    expected: 'Pass',
    ours: '`evidence: {margin: 50 %}` does not count it',
  },
  'approve-by-hand': {
    peer: 'OpenKruise',
    situation: 'A step waits for an approval',
    expected: '`approve` goes on, nothing else does',
    ours: 'A phase with `manual: true` is left by a person alone',
  },
  undo: {
    peer: 'OpenKruise',
    situation: '`undo` in the middle of a release',
    expected: 'Back to the stable version in one go',
    ours: '`rollback` in every state of a release',
  },
  'time-ranges': {
    peer: 'OpenKruise',
    situation: 'Steps only in working hours',
    expected: 'Asked for; not there',
    ours: '`raise: {when: …}` binds the guard; a rollback never waits',
  },
} as const satisfies Record<string, Omit<PeerCase, 'id'>>;

/** A Markdown table of the cases in which Graydeck does something else, and how many there are of which it does what is expected. */
export function deviationsTable(): string[] {
  const cases = Object.values(CASES) as Omit<PeerCase, 'id'>[];
  const rows = cases.flatMap(({peer, situation, expected, ours, because}) =>
    because === undefined ? [] : [`| ${peer} | ${situation} | ${expected} | ${ours} | ${because} |`],
  );
  return [
    `Of ${cases.length} cases Graydeck does what the users of the other tool expect in ${cases.length - rows.length}. The others are:`,
    '',
    '| tool | situation | expected there | Graydeck | because |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
}
