import type {Outcome} from '../../controller/outcome.ts';
import type {Intent} from '../../release/command.ts';
import type {Commit} from '../../release/commit.ts';
import type {Refusal} from '../../release/refusal.ts';
import type {State} from '../../release/state.ts';
import type {Messages} from '../messages/catalogue.ts';
import type {Cleaner} from '../present/clean.ts';
import {setPercent} from '../../text/format.ts';
import type {Tone} from '../present/line.ts';
import {alertText} from '../present/verdict/reason-text.ts';

/** What became of a command, as a sentence. `isDone`: something was written, so the farewell tells it again. */
export interface Answer {
  text: string;
  tone: Tone;
  isDone: boolean;
}

interface Words {
  t: Messages;
  clean: Cleaner;
  /** Newest last: tells who was first. */
  commits: readonly Commit[];
  /** The name this console acts under. */
  self: string;
}

/** The sentence for an outcome: done, nothing to do, refused, or lost against others. */
export function answerTo(intent: Intent, outcome: Outcome, words: Words): Answer {
  const {t, clean} = words;
  switch (outcome.kind) {
    case 'done':
      return {
        text: `${doneText(intent, outcome, words)}  (${t.outcomes.written(outcome.version)})`,
        tone: 'strong',
        isDone: true,
      };
    case 'nothing':
      return {text: firstByOther(words) ?? t.notices[outcome.notice], tone: 'plain', isDone: false};
    case 'refused': {
      const {refusal} = outcome;
      const other = refusal.code === 'moved-on' ? firstByOther(words) : null;
      return {text: other ?? t.refusal(cleanRefusal(refusal, clean)), tone: 'warn', isDone: false};
    }
    case 'conflict': {
      const text = t.outcomes.conflict(outcome.tries);
      if (intent.type !== 'rollback') return {text, tone: 'warn', isDone: false};
      return {text: t.outcomes.failedRollback(text), tone: 'alarm', isDone: false};
    }
  }
}

function cleanRefusal({code, message, remedy, facts}: Refusal, clean: Cleaner): Refusal {
  const said = {code, message: clean.free(message), remedy: clean.free(remedy)};
  if (facts === undefined) return said;
  const {version, phase} = facts;
  return {
    ...said,
    facts: {
      ...facts,
      ...(version === undefined ? {} : {version: clean.name(version)}),
      ...(phase === undefined ? {} : {phase: {...phase, name: clean.name(phase.name)}}),
    },
  };
}

/** The sentence for a command that could not even be asked: the store is away. Rollback has a way out. */
export function answerToFault(intent: Intent, fault: unknown, {t, clean}: Words): Answer {
  const code = fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : '';
  const words = clean.free(fault instanceof Error ? fault.message : String(fault));
  const message = t.outcomes.fault(code, words.replace(/\.$/u, ''));
  if (intent.type === 'rollback')
    return {text: t.outcomes.failedRollback(message), tone: 'alarm', isDone: false};
  const hint =
    fault instanceof Error && 'hint' in fault && typeof fault.hint === 'string' ? clean.free(fault.hint) : '';
  return {text: t.outcomes.failed(message, hint), tone: 'bad', isDone: false};
}

function doneText(intent: Intent, {state}: Extract<Outcome, {kind: 'done'}>, {t, clean}: Words): string {
  const {outcomes} = t;
  switch (intent.type) {
    case 'set':
      return outcomes.set(setPercent(intent.from ?? 0), setPercent(intent.percent));
    case 'next': {
      const {release} = state;
      const opening = release?.opening ?? null;
      const phase = release?.plan.phases[opening?.to ?? release.phase];
      if (opening !== null) return outcomes.opening(clean.name(phase?.name ?? ''));
      return outcomes.next(clean.name(phase?.name ?? ''), setPercent(release?.percent ?? 0));
    }
    case 'pause':
      return outcomes.pause;
    case 'resume':
      return outcomes.resume;
    case 'retry':
      return outcomes.retry;
    case 'rollback':
      return outcomes.rollback;
    case 'complete':
      return outcomes.complete;
    case 'alert':
      return outcomes.alert(t.dialogs.levels[intent.level]);
    case 'acknowledge':
      return outcomes.acknowledge(alertName(intent.alert, state, {t, clean}));
    default:
      return outcomes.other;
  }
}

/** What an alert says; its id where the log no longer holds it. */
function alertName(id: string, {alerts}: State, {t, clean}: Pick<Words, 't' | 'clean'>): string {
  const alert = alerts.find(one => one.id === id);
  return alert === undefined ? clean.name(id) : alertText(alert, {t, clean});
}

/** `liu on laptop was first: 20 % already`; null where the newest change of the split was our own. */
function firstByOther({commits, self, t, clean}: Words): string | null {
  const newest = commits.findLast(({events}) => events.some(({type}) => MOVES.has(type)));
  if (newest === undefined || newest.by === self) return null;
  const type = newest.events.find(event => MOVES.has(event.type))?.type ?? '';
  const what =
    type === 'percent-set' || type === 'phase-entered'
      ? setPercent(newest.split.percent)
      : t.outcomes.became[type as Became];
  return t.outcomes.first(clean.who(newest.by), what);
}

type Became = 'release-paused' | 'release-resumed' | 'rollback-started' | 'promotion-started';
const MOVES: ReadonlySet<string> = new Set<Became | 'percent-set' | 'phase-entered'>([
  'percent-set',
  'phase-entered',
  'release-paused',
  'release-resumed',
  'rollback-started',
  'promotion-started',
]);
