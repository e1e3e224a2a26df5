import type {CreateEvaluator} from '../analysis/evidence/reading.ts';
import type {FindTraits} from '../analysis/judge/situation.ts';
import type {DeclaredMetrics} from '../analysis/metric-table.ts';
import type {VerdictAction} from '../release/command.ts';
import type {Plan} from '../release/plan.ts';
import {readLine, type BadLine, type Id, type JudgeLine} from './line.ts';
import {PlanRecording} from './plan-recording.ts';
import {RecordedFeature} from './recorded-feature.ts';
import {EvidenceRecording, type Answer, type Recording} from './recording.ts';

/** What is judged by; without a plan, evidence alone. */
export interface JudgeBy {
  plan: Plan | null;
  traits: FindTraits;
  /** Kinds of metrics whose names say nothing. */
  declared: DeclaredMetrics;
  createEvaluator: CreateEvaluator;
}

interface Running {
  recording: Recording;
  tickSeconds: number;
  /** Time of the last tick; null before the first. */
  t: number | null;
  /** The second it was taken for, history counted; null before any. */
  at: number | null;
}

/** What comes of a line: the answer, for a tick; what is wrong, if something is. */
export interface Reply {
  answer: string | null;
  wrong: string | null;
}

const UNSEEN = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/u;
const UNSEEN_ALL = new RegExp(UNSEEN.source, 'gu');

const NOTHING: Reply = {answer: null, wrong: null};

/**
 * Recordings by their ids, any number of them interleaved. A line that cannot be used changes nothing. A tick still
 * gets its one answer, so that its reader does not wait for ever.
 */
export class Recordings {
  readonly #by: JudgeBy;
  readonly #running = new Map<Id, Running>();
  /** What `record` has written, by feature, and the one that lines without an id belong to. */
  readonly #features = new Map<string, RecordedFeature>();
  #feature: RecordedFeature | null = null;
  /** The last action told of each recording that is against its release. */
  readonly #against = new Set<Id>();

  constructor(by: JudgeBy) {
    this.#by = by;
  }

  /** Whether the last word on any recording was pause or rollback. */
  get isAgainst(): boolean {
    return this.#against.size > 0;
  }

  read(text: string): Reply {
    const line = readLine(text);
    switch (line.type) {
      case 'tick':
        return this.#tick(line);
      case 'history':
        return this.#history(line);
      case 'start':
        return this.#start(line);
      case 'end':
        return this.#running.delete(line.id) ? NOTHING : bad(`recording ${quoted(line.id)} was not started`);
      case 'recorded':
        return this.#recorded(text, line.isHead);
      case 'bad':
        return unread(line);
    }
  }

  /** A line of a recording by `record`: every second of it is answered, under the name of its feature. */
  #recorded(text: string, isHead: boolean): Reply {
    if (isHead) this.#feature = this.#featureOf(text);
    const feature = this.#feature;
    if (feature === null) return bad('no recording has begun: its first line is missing');
    const reply = feature.take(text);
    if ('wrong' in reply) return bad(reply.wrong);
    return {answer: reply.answer === null ? null : this.#say(feature.name, reply.answer), wrong: null};
  }

  /** Several recordings may follow each other, or one go on that another has interrupted. */
  #featureOf(text: string): RecordedFeature {
    const head = headOf(text);
    const known = head === null ? undefined : this.#features.get(head);
    if (known !== undefined) return known;
    const begun = new RecordedFeature(head ?? '', this.#by);
    if (head !== null) this.#features.set(head, begun);
    return begun;
  }

  #say(id: Id, answer: Answer): string {
    if (answer.action === 'pause' || answer.action === 'rollback') this.#against.add(id);
    else if (this.#against.size > 0) this.#against.delete(id);
    return told(id, answer);
  }

  #start({id, tickSeconds}: Extract<JudgeLine, {type: 'start'}>): Reply {
    if (this.#running.has(id)) return bad(`recording ${quoted(id)} was started and has not ended`);
    const {plan, traits, createEvaluator} = this.#by;
    if (plan !== null && tickSeconds < 1)
      return bad('conditions are judged by the second: "tickSeconds" is less');
    const recording =
      plan === null
        ? new EvidenceRecording(createEvaluator)
        : new PlanRecording(plan, traits, tickSeconds, createEvaluator);
    this.#running.set(id, {recording, tickSeconds, t: null, at: null});
    this.#against.delete(id);
    return NOTHING;
  }

  #history(line: Extract<JudgeLine, {type: 'history'}>): Reply {
    const running = this.#running.get(line.id);
    if (running === undefined) return bad(`recording ${quoted(line.id)} was not started`);
    if (running.t !== null) return bad(`history of ${quoted(line.id)} comes after its first tick`);
    running.recording.history({...line, t: paced(running, line.t)});
    return NOTHING;
  }

  #tick(line: Extract<JudgeLine, {type: 'tick'}>): Reply {
    const {id, t} = line;
    const running = this.#running.get(id);
    if (running === undefined) return unread({waits: {id}, why: `recording ${quoted(id)} was not started`});
    if (running.t !== null && t <= running.t)
      return unread({waits: {id}, why: `"t" of ${quoted(id)} goes from ${running.t} to ${t}`});
    running.t = t;
    const answer = running.recording.tick({...line, t: paced(running, t)});
    return {answer: this.#say(id, answer), wrong: null};
  }
}

/** The feature that the first line of a recording names; null: it names none. */
function headOf(text: string): string | null {
  const {feature} = JSON.parse(text) as {feature?: unknown};
  return typeof feature === 'string' ? feature : null;
}

/** Ticks may be numbered or timed: they are never closer together than they are long. */
function paced(running: Running, t: number): number {
  const {at, tickSeconds} = running;
  running.at = at === null ? t : Math.max(t, at + tickSeconds);
  return running.at;
}

const DECISIONS: Readonly<Record<VerdictAction, string>> = {
  hold: 'continue',
  advance: 'advance',
  pause: 'pause',
  rollback: 'rollback',
};

function told(id: Id | null, {action, reason}: Answer): string {
  return plain(JSON.stringify({id, decision: DECISIONS[action], reason}));
}

/** What a terminal might act on, or hides, is written by its number: the same JSON, fit to be looked at. */
function plain(json: string): string {
  return UNSEEN.test(json)
    ? json.replaceAll(UNSEEN_ALL, letter =>
        Array.from(
          {length: letter.length},
          (_, index) => `\\u${letter.charCodeAt(index).toString(16).padStart(4, '0')}`,
        ).join(''),
      )
    : json;
}

function bad(wrong: string): Reply {
  return {answer: null, wrong};
}

function unread({waits, why}: Pick<BadLine, 'waits' | 'why'>): Reply {
  const answer = waits === null ? null : told(waits.id, {action: 'hold', reason: `not judged: ${why}`});
  return {answer, wrong: why};
}

function quoted(id: Id): string {
  return JSON.stringify(id);
}
