import type {VerdictAction} from '../../release/command.ts';
import type {AlertLevel} from '../../release/plan.ts';
import type {ReleaseState} from '../../release/state.ts';
import type {TimeUnits} from '../moments.ts';
import type {CourseOfSide, Difference} from '../report.ts';

/** All texts of a report in one language. Functions get formatted parts and decide their order. */
export interface ReportWords {
  lang: string;
  units: TimeUnits;
  title: (feature: string, version: string) => string;
  states: Record<ReleaseState, string>;
  actions: Record<VerdictAction, string>;
  levels: Record<AlertLevel, string>;
  outcomes: Record<string, string>;
  metrics: Record<Difference['metric'], string>;
  charts: Record<keyof CourseOfSide | 'percent', string>;
  better: Record<Difference['better'], string>;
  prod: string;
  gray: string;
  sections: Record<
    | 'differences'
    | 'charts'
    | 'phases'
    | 'rollback'
    | 'verdicts'
    | 'alerts'
    | 'steps'
    | 'pauses'
    | 'feedback'
    | 'timeline',
    string
  >;
  columns: Record<
    | 'metric'
    | 'prod'
    | 'gray'
    | 'difference'
    | 'speaksFor'
    | 'phase'
    | 'percent'
    | 'entered'
    | 'lasted'
    | 'planned'
    | 'paused'
    | 'criteria'
    | 'requests'
    | 'errorRate'
    | 'p95'
    | 'conversion'
    | 'at'
    | 'verdict'
    | 'why'
    | 'level'
    | 'message'
    | 'acknowledged'
    | 'resolved'
    | 'step'
    | 'state'
    | 'took'
    | 'error'
    | 'by'
    | 'from'
    | 'to'
    | 'what'
    | 'version'
    | 'count'
    | 'rating'
    | 'types'
    | 'near',
    string
  >;
  facts: Record<
    | 'release'
    | 'over'
    | 'plan'
    | 'started'
    | 'ended'
    | 'lasted'
    | 'paused'
    | 'held'
    | 'exposed'
    | 'head'
    | 'made',
    string
  >;
  running: string;
  open: string;
  none: string;
  head: (version: string, id: string) => string;
  byActor: (when: string, who: string) => string;
  feedbackTypes: Record<string, string>;
  exposed: (requests: string, users: string | null) => string;
  rolledBack: (percent: string, after: string) => string;
  /** No router is known that could have confirmed the rollback. */
  unconfirmed: string;
  toProd: (seconds: string, confirmed: string, known: string) => string;
  toProdUnseen: string;
  requestsAfter: (count: string) => string;
  silent: (count: string) => string;
  because: (reason: string) => string;
  completed: (after: string) => string;
  stands: (state: string, phase: string, percent: string) => string;
  covered: (percent: string) => string;
  noNumbers: string;
  onlyNear: string;
  before: (minutes: string) => string;
  after: string;
  repeats: (count: string) => string;
  noFeedback: string;
  zone: (name: string) => string;
}
