import {feedbackGroups, selectFeedback} from '../analysis/feedback/stats.ts';
import type {DeclaredMetrics} from '../analysis/metric-table.ts';
import type {ControllerView} from '../controller/outcome.ts';
import {bestSnapshot} from '../report/at-rollback.ts';
import {buildReport} from '../report/build-report.ts';
import {ReportSums} from '../report/measured.ts';
import type {FeedbackReport, ReleaseReport} from '../report/report.ts';
import {releasesIn, storyOf} from '../report/story.ts';
import type {FeatureView} from '../store/port.ts';
import {readAllFeedback} from '../monitor/feedback.ts';
import {readTallies} from './read-tallies.ts';

/** Under this name a report is kept among the outputs of the steps. */
export const REPORT_STEP = 'report';
export interface ReportReading {
  /** An event of the log in words. */
  sentence: Parameters<typeof buildReport>[0]['sentence'];
  /** Kinds of metrics whose names do not say what they are. */
  declared: DeclaredMetrics;
}

/** What a report speaks of that need not be made again. */
const WHOLE_PERCENT = 98;

/**
 * The report of a release out of the store: the newest one unless named; null when the log knows none such.
 * @throws StoreFault
 */
export async function readReport(
  feature: FeatureView,
  view: ControllerView,
  wanted: string | null,
  {sentence, declared}: ReportReading,
): Promise<ReleaseReport | null> {
  const commits = view.commits();
  const now = view.now();
  const release = wanted ?? releasesIn(commits).at(-1) ?? null;
  const story = release === null ? null : storyOf(feature.feature, commits, release, now);
  if (release === null || story === null) return null;
  const {startedAt, endedAt} = story.release;
  const to = endedAt ?? now;
  const [feedback, outputs] = await Promise.all([
    readOpinions(feature, startedAt, to),
    story.release.rollback === null && endedAt === null ? [] : feature.outputs.read(),
  ]);
  const textsOf = (step: string) =>
    outputs.flatMap(output => (output.release === release && output.step === step ? [output.text] : []));
  const kept = endedAt === null ? null : keptReport(textsOf(REPORT_STEP));
  const measured = new ReportSums(story, now);
  const isTold = kept !== null && kept.endedAt === endedAt && kept.coveredPercent >= WHOLE_PERCENT;
  const time = {release, from: startedAt, to, now: () => view.now()};
  if (!isTold) await readTallies(feature, declared, time, tally => measured.add(tally));
  const made = buildReport({
    feature: feature.feature,
    story,
    measured,
    snapshot: bestSnapshot(textsOf('rollback.snapshot')),
    feedback,
    now,
    sentence,
  });
  // What was measured may be gone by now; when the release ended, it was not.
  if (kept === null || kept.coveredPercent <= made.coveredPercent) return made;
  const {sides, exposure, differences, course, coveredPercent, phases} = kept;
  return {...made, sides, exposure, differences, course, coveredPercent, phases};
}

/** The report as it was kept when the release ended, the newest first; null: it was not. */
function keptReport(texts: readonly string[]): ReleaseReport | null {
  const newest = texts.at(-1);
  if (newest === undefined) return null;
  try {
    const report = JSON.parse(newest) as ReleaseReport | null;
    return report?.schema === 'graydeck.report/1' ? report : null;
  } catch {
    return null;
  }
}

/** Feedback given while it ran; null if there is none. */
async function readOpinions(
  {feedback}: FeatureView,
  from: number,
  to: number,
): Promise<FeedbackReport[] | null> {
  const all = await readAllFeedback(feedback, from);
  const given = selectFeedback(all.given, {from, to});
  if (given.length === 0) return null;
  return feedbackGroups(given).map(({phase, version, count, rating, types}) => ({
    phase,
    version,
    count,
    rating,
    types,
  }));
}
