import type {Judgement} from '../../analysis/judge/judge.ts';
import {openController} from '../../controller/controller.ts';
import {sourceOf} from '../../controller/ids.ts';
import {openMonitor, type MonitorView} from '../../monitor/monitor.ts';
import type {MonitorSettings} from '../../monitor/settings.ts';
import {WINDOW_MS, type MonitorSnapshot} from '../../monitor/snapshot.ts';
import {statusDocument, type StatusDocument} from '../../monitor/status-document.ts';
import {FeedbackLedger} from '../../server/feedback-ledger.ts';
import type {Freeze} from '../../release/freeze.ts';
import type {Status} from '../../server/schemas.ts';
import {errorForReaders, forReaders} from '../../release/for-readers.ts';
import type {FeatureFacts, ServedFeature} from '../../server/served.ts';
import {KEEP_FEEDBACK_MS, type ViewStore} from '../../store/port.ts';
import type {AppWriter} from './writer.ts';
import {commitDocument} from '../output/log-lines.ts';
import {beginActing, type ServingOperator} from './acting.ts';

/** What is judged looks back as far as a guard that begins, milliseconds. */
const KEPT_MS = 15 * 60_000;

/** The document that was made last, and from what. */
interface Made {
  seen: MonitorSnapshot;
  frozen: Freeze | null;
  document: StatusDocument;
  /** For those who may act, and for those who may only look. */
  text: {all: string; forReaders: string};
}

/** What all features of a server share. */
export interface ServeParts {
  writer: AppWriter;
  /** Null: the server only reads. */
  operator: ServingOperator | null;
  /** The freeze of the store as it was read last; null: none. */
  freeze(): Freeze | null;
}

/** A feature that is served, with what keeps it fresh. */
export interface OpenedFeature extends ServedFeature {
  /** What the page shows. */
  readonly monitor: MonitorView;
  close(): Promise<void>;
}

/** Opens a feature to serve it: follows its log, samples, routers and lease. */
export async function openServedFeature(
  store: ViewStore,
  name: string,
  settings: MonitorSettings,
  {writer, operator, freeze}: ServeParts,
): Promise<OpenedFeature> {
  const feature = store.feature(name);
  const controller = operator === null ? null : openController(sourceOf(operator.store, name));
  const monitor = await openMonitor(store, feature, settings, {
    ...(controller === null ? {} : {view: controller}),
    windowMs: WINDOW_MS,
    historyMs: KEPT_MS,
    keepSeconds: KEPT_MS / 1000,
    prometheus: {historyMs: 0},
  });
  const {view} = monitor;
  const ledger = new FeedbackLedger(feature.feedback, KEEP_FEEDBACK_MS);
  let made: Made | null = null;
  const current = (): Made => {
    const seen = monitor.snapshot();
    const frozen = freeze();
    if (made?.seen === seen && made.frozen === frozen) return made;
    const document = statusDocument(seen, frozen);
    made = {seen, frozen, document, text: textsOf(document)};
    return made;
  };

  const acting =
    operator === null || controller === null ? null : beginActing(name, {operator, controller, monitor});
  monitor.start();
  monitor.judge();
  // A store that is away must not keep the server from saying so.
  await view.ready().catch(() => undefined);
  return {
    name,
    view,
    monitor,
    raw: feature,
    controller: acting?.controller ?? null,
    mayBeginSteps: intent => acting?.mayBeginSteps(intent),
    status: mayAct => (mayAct ? current().text.all : current().text.forReaders),
    facts: () => factsOf(current()),
    commit: (commit, mayAct) => JSON.stringify(commitDocument(name, mayAct ? commit : forReaders(commit))),
    feedback: () => ledger.read(store.now()),
    async writeFeedback(text) {
      await writer.feedback(name, text);
      ledger.expire();
    },
    declared: settings.declared,
    writeSamples: entries => writer.samples(name, entries),
    async close() {
      await acting?.close();
      await monitor.close();
      // The monitor closes only a view of its own.
      await controller?.close();
    },
  };
}

/** What hooks print stands in the errors of steps. */
function textsOf(document: StatusDocument & Status): Made['text'] {
  const steps = document.steps.map(step => ({...step, error: errorForReaders(step.id, step.error)}));
  return {all: JSON.stringify(document), forReaders: JSON.stringify({...document, steps})};
}

function factsOf({seen, document: {percent, routers, sides, guard}}: Made): FeatureFacts {
  const numbersOf = ({responseTime, ...numbers}: StatusDocument['sides']['prod']) => ({
    ...numbers,
    ...responseTime,
  });
  const {live, confirmed, silent} = routers;
  return {
    percent,
    routers: {live, confirmed, silent},
    sides: {prod: numbersOf(sides.prod), gray: numbersOf(sides.gray)},
    evidence: evidenceOf(seen.judgement),
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
