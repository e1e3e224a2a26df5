import type {Snapshot} from '../../controller/outcome.ts';
import {failedStep} from '../../release/step.ts';
import type {ReleaseState} from '../../release/state.ts';
import type {ConsoleLink} from '../deck.ts';

/** Everything a key can do. */
export type Action =
  | 'rollback'
  | 'raise'
  | 'lower'
  | 'percent'
  | 'next'
  | 'pause'
  | 'resume'
  | 'retry'
  | 'complete'
  | 'approve'
  | 'alert'
  | 'acknowledge'
  | 'bell'
  | 'feedback'
  | 'share'
  | 'time'
  | 'time-back'
  | 'time-on'
  | 'time-slower'
  | 'time-faster'
  | 'time-end'
  | 'chart'
  | 'entry'
  | 'copy'
  | 'zoom'
  | 'filter'
  | 'palette'
  | 'help'
  | 'fleet'
  | 'feature-before'
  | 'feature-after'
  | 'panel'
  | 'panel-before'
  | 'up'
  | 'down'
  | 'shorter'
  | 'longer'
  | 'metric-before'
  | 'metric-after'
  | 'cursor-back'
  | 'cursor-on'
  | 'pan-back'
  | 'pan-on'
  | 'chart-close'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'back'
  | 'redraw'
  | 'suspend'
  | 'quit';

/** Why a key does nothing now; the sentence, with what would allow it, is in the catalogue. */
export type WhyNot =
  | 'opening'
  | 'newer-log'
  | 'nothing-live'
  | 'already-rolling-back'
  | 'already-rolled-back'
  | 'completed'
  | 'deploying'
  | 'promoting'
  | 'failed'
  | 'paused'
  | 'not-paused'
  | 'at-100'
  | 'at-0'
  | 'last-phase'
  | 'no-failed-step'
  | 'no-approval'
  | 'no-alert'
  | 'one-feature'
  | 'no-sharing'
  | 'no-past'
  | 'not-in-past'
  | 'in-log'
  | 'in-past'
  | 'in-metrics'
  | 'no-entry';

/** What a binding looks at to tell whether it may be used. */
export interface KeyContext {
  snapshot: Snapshot;
  /** The alert that `A` would acknowledge; null when there is none. */
  alert: string | null;
  featureCount: number;
  /** The panel that has the keyboard. */
  panel: 'metrics' | 'log';
  /** How many rows the log has. */
  entries: number;
  /** Whether what is shown is now, with a way to the past or without one, or a moment of the past. */
  time: 'now' | 'now-only' | 'past';
  /** The link of this console to the feature, null without one; absent: this console makes no links. */
  link?: ConsoleLink | null;
}

export interface Binding {
  action: Action;
  /** As the keyboard names them: `r`, `Enter`, `Tab`, `Up`. The first is the one shown. */
  keys: readonly string[];
  /** What has to follow before anything happens: `y`, the version, a form; null: it acts at once. */
  then: 'y' | 'version' | 'form' | null;
  /** Whether it changes something: then it is neither bound nor listed when reading only. */
  changes: boolean;
  /** What it does to the number of users on gray. */
  exposure: 'raises' | 'lowers' | null;
  /** Whether the contract promises it, or it is this console's own. */
  isPromised: boolean;
  /** Place in the footer; 0: not there. */
  footer: number;
  /** Where the key means this. In an open chart the keys of the deck work, too, unless the chart has another use for them. */
  place: 'deck' | 'chart';
  whyNot(context: KeyContext): WhyNot | null;
}

const always = (): null => null;

/** What stands in the way of any change but a rollback. */
function blocked({snapshot}: KeyContext): WhyNot | null {
  if (snapshot.link.state === 'opening') return 'opening';
  return snapshot.state.unknownEvent === null ? null : 'newer-log';
}

const IN_THE_WAY: Record<ReleaseState, WhyNot | null> = {
  deploying: 'deploying',
  rolling: null,
  paused: null,
  promoting: 'promoting',
  rolling_back: 'already-rolling-back',
  completed: 'completed',
  rolled_back: 'already-rolled-back',
  failed: 'failed',
};

/** What stands in the way of moving a release that rolls or is paused. */
function cannotMove(context: KeyContext): WhyNot | null {
  const {release} = context.snapshot.state;
  return blocked(context) ?? (release === null ? 'nothing-live' : IN_THE_WAY[release.state]);
}

function cannotRaise(context: KeyContext): WhyNot | null {
  const {release} = context.snapshot.state;
  const standing = cannotMove(context);
  if (standing !== null || release === null) return standing;
  if (release.state === 'paused') return 'paused';
  return release.percent >= 100 ? 'at-100' : null;
}

function cannotRollBack({snapshot}: KeyContext): WhyNot | null {
  if (snapshot.link.state === 'opening' && snapshot.head === null) return 'opening';
  const {release} = snapshot.state;
  if (release === null) return 'nothing-live';
  if (release.state === 'rolled_back') return 'already-rolled-back';
  return release.state === 'rolling_back' && release.next === null ? 'already-rolling-back' : null;
}

/** Keys of the clock, where the clock can be turned. */
function inPast({time}: KeyContext): WhyNot | null {
  return time === 'past' ? null : 'not-in-past';
}

function bind(action: Action, keys: readonly string[], rest: Partial<Binding> = {}): Binding {
  const base = {then: null, changes: false, exposure: null, isPromised: true, footer: 0, whyNot: always};
  return {action, keys, place: 'deck', ...base, ...rest};
}

/** A key of an open chart. */
function bindInChart(action: Action, keys: readonly string[], footer: number): Binding {
  return bind(action, keys, {place: 'chart', footer});
}

/** The keyboard. Footer, overlay, palette and the table in the documents are made from it. */
export const KEYMAP: readonly Binding[] = [
  bind('rollback', ['r'], {then: 'y', changes: true, exposure: 'lowers', footer: 1, whyNot: cannotRollBack}),
  bind('raise', ['+'], {then: 'y', changes: true, exposure: 'raises', footer: 3, whyNot: cannotRaise}),
  bind('lower', ['-'], {
    changes: true,
    exposure: 'lowers',
    footer: 4,
    whyNot: context => cannotMove(context) ?? (context.snapshot.state.release?.percent === 0 ? 'at-0' : null),
  }),
  bind('percent', ['g'], {then: 'form', changes: true, exposure: 'raises', footer: 9, whyNot: cannotMove}),
  bind('next', ['n'], {
    then: 'y',
    changes: true,
    exposure: 'raises',
    footer: 5,
    whyNot(context) {
      const {release} = context.snapshot.state;
      const standing = cannotMove(context);
      if (standing !== null || release === null) return standing;
      if (release.state === 'paused') return 'paused';
      return release.phase + 1 >= release.plan.phases.length ? 'last-phase' : null;
    },
  }),
  bind('pause', ['p'], {
    changes: true,
    footer: 6,
    whyNot: context =>
      cannotMove(context) ?? (context.snapshot.state.release?.state === 'paused' ? 'paused' : null),
  }),
  bind('resume', ['P'], {
    changes: true,
    footer: 2,
    whyNot: context =>
      cannotMove(context) ?? (context.snapshot.state.release?.state === 'paused' ? null : 'not-paused'),
  }),
  bind('retry', ['R'], {
    changes: true,
    footer: 2,
    whyNot(context) {
      const {release} = context.snapshot.state;
      const standing = blocked(context) ?? (release === null ? 'nothing-live' : null);
      return standing ?? (release !== null && failedStep(release) !== null ? null : 'no-failed-step');
    },
  }),
  bind('complete', ['C'], {
    then: 'version',
    changes: true,
    exposure: 'raises',
    footer: 12,
    whyNot: cannotMove,
  }),
  bind('approve', ['v'], {
    then: 'y',
    changes: true,
    exposure: 'raises',
    footer: 1,
    whyNot: context =>
      blocked(context) ??
      ((context.snapshot.state.release?.approval ?? null) === null ? 'no-approval' : null),
  }),
  bind('alert', ['a'], {then: 'form', changes: true, footer: 7, whyNot: blocked}),
  bind('acknowledge', ['A'], {
    changes: true,
    footer: 8,
    whyNot: context => blocked(context) ?? (context.alert === null ? 'no-alert' : null),
  }),
  bind('bell', ['m'], {isPromised: false}),
  bind('feedback', ['f'], {then: 'form', changes: true, footer: 9, whyNot: blocked}),
  bind('share', ['S'], {
    then: 'form',
    changes: true,
    footer: 19,
    whyNot: ({link}) => (link === undefined ? 'no-sharing' : null),
  }),
  bind('time', ['t'], {
    isPromised: false,
    footer: 17,
    whyNot: ({time}) => (time === 'now-only' ? 'no-past' : null),
  }),
  bind('time-back', [','], {isPromised: false, footer: 1, whyNot: inPast}),
  bind('time-on', ['.'], {isPromised: false, footer: 2, whyNot: inPast}),
  bind('time-slower', ['<'], {isPromised: false, footer: 3, whyNot: inPast}),
  bind('time-faster', ['>'], {isPromised: false, footer: 4, whyNot: inPast}),
  bind('time-end', ['End'], {isPromised: false, footer: 6, whyNot: inPast}),
  bind('chart', ['Enter'], {footer: 10, whyNot: ({panel}) => (panel === 'metrics' ? null : 'in-log')}),
  bind('entry', ['Enter'], {
    footer: 10,
    whyNot: ({panel, entries}) => (panel === 'metrics' ? 'in-metrics' : entries === 0 ? 'no-entry' : null),
  }),
  bind('copy', ['y'], {footer: 19}),
  bind('zoom', ['z'], {footer: 12}),
  bind('shorter', ['w'], {footer: 13}),
  bind('longer', ['W'], {footer: 13}),
  bind('filter', ['/'], {footer: 11}),
  bind('palette', [':'], {footer: 14}),
  bind('help', ['?'], {footer: 15}),
  bind('fleet', ['o'], {footer: 18, whyNot: ({featureCount}) => (featureCount > 1 ? null : 'one-feature')}),
  bind('feature-before', ['['], {whyNot: ({featureCount}) => (featureCount > 1 ? null : 'one-feature')}),
  bind('feature-after', [']'], {whyNot: ({featureCount}) => (featureCount > 1 ? null : 'one-feature')}),
  bind('panel', ['Tab', 'Right', 'l']),
  bind('panel-before', ['Shift+Tab', 'Left', 'h']),
  bind('up', ['Up', 'k']),
  bind('down', ['Down', 'j']),
  bind('page-up', ['PageUp']),
  bind('page-down', ['PageDown']),
  bind('first', ['Home']),
  bind('last', ['End'], {whyNot: ({time}) => (time === 'past' ? 'in-past' : null)}),
  bind('back', ['Escape']),
  bind('redraw', ['Ctrl+l']),
  bind('suspend', ['Ctrl+z']),
  bind('quit', ['q', 'Ctrl+c'], {footer: 16}),
  bindInChart('metric-before', ['Up', '[', 'k'], 1),
  bindInChart('metric-after', ['Down', ']', 'j'], 1),
  bindInChart('cursor-back', ['Left', 'h'], 2),
  bindInChart('cursor-on', ['Right', 'l'], 2),
  bindInChart('pan-back', [','], 4),
  bindInChart('pan-on', ['.'], 4),
  bindInChart('chart-close', ['Enter'], 5),
];

/** The bindings there are: reading only has none that change anything. */
export function bindings(mayAct: boolean): readonly Binding[] {
  return mayAct ? KEYMAP : KEYMAP.filter(({changes}) => !changes);
}

/**
 * The binding of a key: where it has several, the first that may be used now. Also of a key that is not allowed now; null: the
 * key has none.
 */
export function bindingOf(
  key: string,
  context: KeyContext,
  place: Binding['place'] = 'deck',
): Binding | null {
  const found = KEYMAP.filter(binding => binding.place === place && binding.keys.includes(key));
  return found.find(({whyNot}) => whyNot(context) === null) ?? found[0] ?? null;
}
