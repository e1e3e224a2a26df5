import {setTimeout as pause} from 'node:timers/promises';
import {together} from '../../analysis/judge/external.ts';
import type {Judgement} from '../../analysis/judge/judge.ts';
import {judgementOf} from '../../analysis/judge/judged.ts';
import type {Report} from '../../audience/applied.ts';
import {openView} from '../../controller/view.ts';
import {FeedbackLedger} from '../../server/feedback-ledger.ts';
import type {Status} from '../../server/schemas.ts';
import type {FeatureFacts, ServedFeature} from '../../server/served.ts';
import {KEEP_FEEDBACK_MS, type ViewStore} from '../../store/port.ts';
import {commitDocument} from '../output/commit-lines.ts';
import {openFeedback, rowsOf} from '../../monitor/feedback.ts';
import {beginObserving} from '../../monitor/observing.ts';
import {openMeasuring} from '../../monitor/measuring.ts';
import {monitorSettings} from '../prometheus/address.ts';
import {openPrometheus} from '../../monitor/prometheus.ts';
import type {Settings} from '../session/settings.ts';
import type {Deck} from '../../console/deck.ts';
import type {StepOutput} from '../../release/step-output.ts';
import {withPrometheus} from '../../monitor/with-prometheus.ts';
import {isShownOf} from '../../monitor/shown.ts';
import {statusDocument, type Observed, type StatusDocument} from '../../monitor/status-document.ts';

const WINDOW_MS = 300_000;
/** What is judged looks back as far as a guard that begins, milliseconds. */
const KEPT_MS = 15 * 60_000;
const LOOK_EVERY_MS = 1000;
/** Whoever asks within this time gets what the one before got, milliseconds. */
const FRESH_MS = 250;

/** What was made last, and from what. */
interface Made {
  at: number;
  head: unknown;
  judgement: Judgement | null;
  document: StatusDocument;
  text: string;
}

/** The live parts of a feature that a console's reading is made from. */
export type LiveParts = Required<
  Pick<Deck, 'view' | 'windows' | 'stream' | 'routers' | 'sources' | 'externals' | 'guardSilentMs' | 'judged'>
> & {outputs(): Promise<readonly StepOutput[]>};

/** A feature that is served, with what keeps it fresh. */
export interface OpenedFeature extends ServedFeature {
  /** What the page reads, as a console would. */
  readonly live: LiveParts;
  close(): Promise<void>;
}

/** Opens a feature to serve it: follows its log, samples, routers and lease. */
export async function openServedFeature(
  store: ViewStore,
  name: string,
  settings: Settings,
  write: (feature: string, text: string) => Promise<void>,
): Promise<OpenedFeature> {
  const feature = store.feature(name);
  const view = openView({feature: name, log: feature.log, now: () => store.now()});
  const measuring = openMeasuring(feature, view, settings, {
    historyMs: KEPT_MS,
    keepSeconds: KEPT_MS / 1000,
  });
  const {measurements} = measuring;
  const prometheus = await openPrometheus(await monitorSettings(settings), view, {historyMs: 0});
  const feedback = openFeedback(feature, view);
  const said = rowsOf(feedback, view, prometheus);
  const ledger = new FeedbackLedger(feature.feedback, KEEP_FEEDBACK_MS);
  const stop = new AbortController();
  let reports: readonly Report[] | null = null;
  let isGuardSilent = false;
  let silentSince: number | null = null;
  let made: Made | null = null;

  const look = async () => {
    while (!stop.signal.aborted) {
      const [listed, lease] = await Promise.all([
        feature.routers.list().catch(() => null),
        feature.lease.read().catch(() => undefined),
      ]);
      reports = listed;
      if (lease !== undefined) judging.answered();
      if (lease !== undefined) isGuardSilent = lease === null;
      if (lease !== undefined) silentSince = lease === null ? (silentSince ?? view.now()) : null;
      await pause(LOOK_EVERY_MS, undefined, {signal: stop.signal}).catch(() => undefined);
    }
  };

  /** The document, made anew when it is a moment old or the log has gone on. */
  const current = () => {
    const at = performance.now();
    const snapshot = view.snapshot();
    if (made !== null && made.head === snapshot && at - made.at < FRESH_MS) return made;
    const now = view.now();
    const observed: Observed = {
      feature: name,
      snapshot,
      isGuardSilent,
      reports,
      windows: measurements.status().away === null ? measurements.windows : null,
      stream: measurements.status(),
      externals: [...(prometheus?.snapshot() ?? []), ...said.snapshot()],
      judgement: judgementOf(judging.judged(), snapshot.state.release),
      window: {from: now - WINDOW_MS, to: now},
      now,
    };
    const document = statusDocument(observed);
    const {judgement = null} = observed;
    made = {at, head: snapshot, judgement, document, text: JSON.stringify(document satisfies Status)};
    return made;
  };

  const external = together(prometheus, feedback);
  const judging = beginObserving(
    {feature, view, measuring, settings, external, routers: () => reports ?? []},
    stop.signal,
  );
  const looking = look();
  void measurements.start();
  void prometheus?.start();
  void feedback.start();
  // A store that is away must not keep the server from saying so.
  await view.ready().catch(() => undefined);
  const measured =
    prometheus === null
      ? measurements.windows
      : withPrometheus(measurements.windows, prometheus, () => view.now(), isShownOf(prometheus, view));
  return {
    name,
    view,
    live: {
      view,
      windows: withPrometheus(
        measured,
        said,
        () => view.now(),
        () => true,
      ),
      stream: () => measurements.status(),
      routers: () => reports ?? [],
      sources: () => (prometheus === null ? [] : [prometheus.light()]),
      externals: () => [...(prometheus?.snapshot() ?? []), ...said.snapshot()],
      guardSilentMs: () => (silentSince === null ? null : Math.max(0, view.now() - silentSince)),
      judged: () => judging.judged(),
      outputs: () => feature.outputs.read(),
    },
    status: () => current().text,
    facts: () => factsOf(current()),
    commit: commit => JSON.stringify(commitDocument(name, commit)),
    feedback: () => ledger.read(store.now()),
    async writeFeedback(text) {
      await write(name, text);
      ledger.expire();
    },
    async close() {
      stop.abort();
      await Promise.all([
        measurements.close(),
        prometheus?.close(),
        feedback.close(),
        view.close(),
        looking,
        judging.ended,
      ]);
    },
  };
}

function factsOf({judgement, document: {percent, routers, sides, guard}}: Made): FeatureFacts {
  const numbersOf = ({responseTime, ...numbers}: StatusDocument['sides']['prod']) => ({
    ...numbers,
    ...responseTime,
  });
  const {live, confirmed, silent} = routers;
  return {
    percent,
    routers: {live, confirmed, silent},
    sides: {prod: numbersOf(sides.prod), gray: numbersOf(sides.gray)},
    evidence: evidenceOf(judgement),
    isGuarded: guard !== null,
  };
}

/** Natural logarithms as powers of ten. What looks better or like chance stands at what it is, below the limit. */
function evidenceOf(judgement: Judgement | null): FeatureFacts['evidence'] {
  const reading = judgement?.evidence ?? null;
  if (reading === null) return null;
  const {logE, limit, metrics} = reading;
  return {
    all: logE / Math.LN10,
    limit: limit / Math.LN10,
    metrics: metrics.map(one => ({metric: one.metric, log10: one.logE / Math.LN10})),
  };
}
