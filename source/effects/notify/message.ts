import type {AlertLevel} from '../../release/plan.ts';
import type {Dispatch, DispatchKind} from '../../release/dispatch.ts';
import type {State} from '../../release/state.ts';

/** What a channel is given to say. All text in it is plain. */
export interface Message {
  /** The same for each try, so that a receiver can know a repeat: `new_payment/raised a-7k2m9x`. */
  id: string;
  kind: DispatchKind | 'test';
  level: AlertLevel;
  feature: string;
  /** Null: no release was at hand. */
  release: {id: string; version: string; over: string | null; state: string; percent: number} | null;
  /** The alert it speaks of, and whether it is over by now. */
  alert: {id: string; isOver: boolean} | null;
  /** `CRITICAL`, `ROLLBACK`: the first word people read. */
  word: string;
  /** What happened, in one sentence. */
  text: string;
  by: string;
  /** When it happened, milliseconds since 1970. */
  at: number;
  /** What else to know and to do, a line each. */
  lines: string[];
  contacts: Record<string, string>;
  attempt: number;
  /** A try before may have got through. */
  mayBeRepeat: boolean;
}

/** What a message is made of beside the log. */
export interface MessageMeans {
  /** Who to turn to, from the configuration; the plan of the release adds its own. */
  contacts: Readonly<Record<string, string>>;
  /** Text from outside made plain, cut at so many columns. */
  clean(text: string, width: number): string;
}

/** Later than this it is told that it comes late, milliseconds. */
const LATE_MS = 60_000;
const TEXT_WIDTH = 400;
const NAME_WIDTH = 80;
const CONTACTS_AT_MOST = 10;

/** A dispatch in words. Pure. */
export function messageOf(
  state: State,
  dispatch: Dispatch,
  {attempt, mayBeRepeat, now}: {attempt: number; mayBeRepeat: boolean; now: number},
  {contacts, clean}: MessageMeans,
): Message {
  const {feature} = state;
  const release = state.release?.id === dispatch.release ? state.release : null;
  const alert = state.alerts.find(({id}) => id === dispatch.alert) ?? null;
  const isOver = alert !== null && alert.resolvedAt !== null;
  const version = release === null ? null : clean(release.version, NAME_WIDTH);
  const over = release === null || release.over === null ? null : clean(release.over, NAME_WIDTH);
  const phase = release === null ? null : (release.plan.phases[release.phase]?.name ?? null);
  const lines = [
    ...(version === null || release === null
      ? []
      : [
          `release ${version}${over === null ? '' : ` over ${over}`}, ${release.state.replace('_', ' ')}` +
            `${phase === null ? '' : `, phase ${clean(phase, NAME_WIDTH)}`}, ${release.percent} %`,
        ]),
    `${instant(dispatch.at)}, by ${clean(dispatch.by, NAME_WIDTH)}${lateness(now - dispatch.at)}`,
    ...todo(dispatch, isOver, state),
    ...(isOver && dispatch.kind !== 'over' ? ['it is over by now'] : []),
  ];
  return {
    id: `${feature}/${dispatch.id}`,
    kind: dispatch.kind,
    level: dispatch.level,
    feature,
    release:
      release === null || version === null
        ? null
        : {id: release.id, version, over, state: release.state, percent: release.percent},
    alert: alert === null ? null : {id: alert.id, isOver},
    word: wordOf(dispatch),
    text: clean(sentence(dispatch, version), TEXT_WIDTH),
    by: clean(dispatch.by, NAME_WIDTH),
    at: dispatch.at,
    lines,
    contacts: contactsOf({...contacts, ...release?.plan.contacts}, clean),
    attempt,
    mayBeRepeat,
  };
}

/** Who to turn to, each as one plain line. */
export function contactsOf(
  contacts: Readonly<Record<string, string>>,
  clean: MessageMeans['clean'],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(contacts)
      .slice(0, CONTACTS_AT_MOST)
      .map(([name, how]) => [clean(name, NAME_WIDTH), clean(how, 200)]),
  );
}

function wordOf({kind, level}: Dispatch): string {
  switch (kind) {
    case 'raised':
      return level.toUpperCase();
    case 'escalated':
      return 'STILL CRITICAL';
    case 'over':
      return 'OVER';
    case 'rollback':
      return 'ROLLBACK';
    case 'failed':
      return 'FAILED';
    case 'completed':
      return 'COMPLETED';
  }
}

function sentence({kind, text}: Dispatch, version: string | null): string {
  switch (kind) {
    case 'raised':
    case 'over':
      return text;
    case 'escalated':
      return `nobody has acknowledged it: ${text}`;
    case 'rollback':
      return `${version ?? 'the release'} is rolled back, ${text}`;
    case 'failed':
      return text;
    case 'completed':
      return `${version ?? 'the release'} is prod for everyone`;
  }
}

function todo(
  {kind, alert, level, release: id}: Dispatch,
  isOver: boolean,
  {feature, release}: State,
): string[] {
  const mayTakeBack = level === 'critical' && release?.id === id && (release?.percent ?? 0) > 0;
  const isOpen = (kind === 'raised' || kind === 'escalated') && !isOver;
  return [
    ...(isOpen && alert !== null ? [`seen it: graydeck alert ack ${alert} --feature ${feature}`] : []),
    ...(isOpen && mayTakeBack ? [`take it back: graydeck rollback --feature ${feature}`] : []),
    ...(kind === 'failed' ? [`how it stands: graydeck status --feature ${feature}`] : []),
  ];
}

function instant(at: number): string {
  return Number.isFinite(at)
    ? `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
    : 'some time';
}

function lateness(ms: number): string {
  if (ms < LATE_MS) return '';
  const minutes = Math.round(ms / 60_000);
  return minutes < 90 ? `, told ${minutes} min later` : `, told ${Math.round(minutes / 60)} h later`;
}

/** That somebody may have read it already, in words; empty: nobody can have. */
export function repeatWords({mayBeRepeat}: Pick<Message, 'mayBeRepeat'>): string {
  return mayBeRepeat ? 'This may be a repeat: whether it was told before is not known.' : '';
}
