import {setImmediate as nextTurn} from 'node:timers/promises';
import {feedbackGroups, selectFeedback} from '../../analysis/feedback/stats.ts';
import {decodeTally, type Tally} from '../../analysis/roll-up.ts';
import {messagesOf, type Language} from '../../console/messages/catalogue.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import {buildReport} from '../../report/build-report.ts';
import type {FeedbackReport, Report} from '../../report/report.ts';
import {releasesIn, storyOf} from '../../report/story.ts';
import type {FeatureView} from '../../store/port.ts';
import {readAllFeedback} from '../feedback/read.ts';
import {EventTeller} from '../tell-event.ts';

/** So long seconds are kept. */
const SECONDS_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Tallies decoded in one go. */
const AT_ONCE = 200;

/**
 * The report of a release out of the store: the newest one unless named; null when the log knows none such.
 * @throws StoreFault
 */
export async function readReport(
  feature: FeatureView,
  view: ControllerView,
  wanted: string | null,
  lang: Language,
): Promise<Report | null> {
  const commits = view.commits();
  const now = view.now();
  const release = wanted ?? releasesIn(commits).at(-1) ?? null;
  const story = release === null ? null : storyOf(feature.feature, commits, release, now);
  if (release === null || story === null) return null;
  const {startedAt, endedAt} = story.release;
  const [tallies, feedback] = await Promise.all([
    readTallies(feature, {from: startedAt, to: endedAt ?? now, now}),
    readOpinions(feature, startedAt, endedAt ?? now),
  ]);
  const teller = new EventTeller(messagesOf(lang));
  return buildReport({
    feature: feature.feature,
    release,
    commits,
    tallies,
    feedback,
    now,
    tell: (event, reason) => teller.tell(event, reason),
  });
}

/** Seconds as far back as they are kept, minutes before that: no moment twice. */
async function readTallies(
  {rollUps}: FeatureView,
  {from, to, now}: {from: number; to: number; now: number},
): Promise<Tally[]> {
  const finestFrom = Math.ceil((now - SECONDS_MS) / MINUTE_MS) * MINUTE_MS;
  const [minutes, seconds] = await Promise.all([
    from < finestFrom ? rollUps.read('minutes', from - MINUTE_MS) : [],
    to > finestFrom ? rollUps.read('seconds', Math.max(from - 1000, finestFrom)) : [],
  ]);
  const rows = [
    // Between the minutes lie checkpoints.
    ...minutes.filter(({t}) => t % MINUTE_MS === 0 && t < Math.min(finestFrom, to)),
    ...seconds.filter(({t}) => t >= finestFrom && t < to),
  ];
  const tallies: Tally[] = [];
  for (const [index, {t, body}] of rows.entries()) {
    const tally = decodeTally(t, body);
    if (tally !== null) tallies.push(tally);
    if (index % AT_ONCE === AT_ONCE - 1) await nextTurn();
  }
  return tallies;
}

/** What people said while it ran; null when nobody did. */
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
