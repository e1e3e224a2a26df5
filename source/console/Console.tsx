import {withSeen} from './keys/intents.ts';
import {useApp, useInput, usePaste, useWindowSize} from 'ink';
import {useEffect, useLayoutEffect, useRef, useState, type ReactNode} from 'react';
import {plainText} from '../analysis/plain-text.ts';
import type {Feedback} from '../analysis/feedback/feedback.ts';
import type {Intent} from '../release/command.ts';
import {alarmOf} from './alarm.ts';
import type {Deck} from './deck.ts';
import {DialogView} from './dialogs/DialogView.tsx';
import {typed} from './keys/field.ts';
import {keyName} from './keys/input-keys.ts';
import {answerTo, answerToFault} from './keys/outcome-note.ts';
import {Boundary} from './panels/Boundary.tsx';
import {Screen} from './panels/Screen.tsx';
import {TooSmall} from './panels/TooSmall.tsx';
import {dialogFooter, footerLine} from './present/footer.ts';
import {helpRows, paletteActions} from './present/help.ts';
import {rowKey} from './present/log.ts';
import {isAway} from './present/sides/sides.ts';
import {alertToAcknowledge} from './keys/press-deck.ts';
import {withField} from './keys/press-dialog.ts';
import {press} from './keys/press.ts';
import type {Effect, PressContext, Step} from './keys/step.ts';
import {isTyping, type Ui} from './ui.ts';
import {useAlarm} from './use-alarm.ts';
import {useReading} from './reading.ts';
import {useScreen, type Screen as Model} from './use-screen.ts';
import {useUi} from './use-ui.ts';

export interface ConsoleProps {
  deck: Deck;
  /** Called with what was done from here, whenever that changes: the farewell tells it. */
  onDone(deck: Deck, done: Ui['done']): void;
  /** What keys do to the terminal itself; absent where there is none. */
  terminal?: {redraw(): void; suspend(): void};
}

/** The whole console: reads the deck, draws it, and turns keys into commands. */
export function Console({deck: first, onDone, terminal}: ConsoleProps): ReactNode {
  const [deck, setDeck] = useState(first);
  const [features, setFeatures] = useState<readonly string[]>([first.monitor.feature]);
  const {exit} = useApp();
  const size = useWindowSize();
  const live = useRef<Deck | null>(null);
  const hold = useUi();
  const {ui, now, put, change} = hold;
  const reading = useReading(deck);
  const model = useScreen(deck, reading, ui, size);
  const {scene, layout} = model;
  const {t, clean} = scene;
  const rings = (deck.bell ?? true) !== ui.isBellTurned;
  const context = contextOf(deck, model, {featureCount: features.length, rings});
  useAlarm(alarmOf(reading.snapshot.state, t, clean), deck.monitor.feature, rings && deck.time === undefined);
  const newest = useRef(context);
  useLayoutEffect(() => {
    newest.current = context;
  });
  useEffect(() => onDone(deck, ui.done), [deck, ui.done, onDone]);
  useEffect(() => {
    // Without the list there is only this feature; the store's light already says what is wrong.
    deck.features().then(setFeatures, () => undefined);
  }, [deck]);

  async function execute(intent: Intent): Promise<void> {
    const {controller, actor} = deck;
    if (controller === null) return;
    change({type: 'note', note: {text: t.sending, tone: 'quiet', at: deck.monitor.view.now()}});
    const words = {t, clean, self: actor.name};
    const seen = withSeen(intent, deck.monitor.snapshot().judgement?.verdict ?? null);
    const answer = await controller.execute(seen, {by: actor}).then(
      outcome => answerTo(intent, outcome, {...words, commits: deck.monitor.view.commits()}),
      (fault: unknown) => answerToFault(intent, fault, {...words, commits: []}),
    );
    const at = deck.monitor.view.now();
    if (answer.isDone) change({type: 'done', at, text: answer.text, tone: answer.tone});
    else if (answer.tone === 'plain') change({type: 'note', note: {...answer, at}});
    else change({type: 'refused', at, text: answer.text, tone: answer.tone});
  }

  async function turnTo(by: 1 | -1): Promise<void> {
    const index = features.indexOf(deck.monitor.feature);
    const feature = features[(index + by + features.length) % features.length];
    if (feature === undefined || feature === deck.monitor.feature || deck.open === undefined) return;
    const opened = await deck.open(feature);
    setDeck(opened);
    change({
      type: 'note',
      note: {text: t.outcomes.feature(clean.name(feature)), tone: 'plain', at: opened.monitor.view.now()},
    });
    await deck.close?.();
  }

  /** To the past, and back: the live deck goes on meanwhile. A recording has no now: it goes to its end. */
  async function turnTime(isEnd: boolean): Promise<void> {
    if (deck.time !== undefined) {
      const now = live.current;
      if (now === null && isEnd) deck.time.press({type: 'to', at: deck.time.reading().to});
      if (now === null) return;
      live.current = null;
      setDeck(now);
      await deck.close?.();
      return;
    }
    const past = await deck.openPast?.();
    if (past === undefined) return;
    live.current = deck;
    setDeck(past);
  }

  async function runExtra(key: string): Promise<void> {
    const extra = deck.extras.find(one => one.key === key);
    if (extra === undefined) return;
    change({
      type: 'note',
      note: {text: plainText(await extra.run(), 200), tone: 'plain', at: deck.monitor.view.now()},
    });
  }

  async function giveFeedback(feedback: Feedback): Promise<void> {
    try {
      await deck.giveFeedback?.(feedback);
      change({type: 'feedback-given'});
      change({type: 'done', at: deck.monitor.view.now(), text: t.dialogs.feedbackGiven, tone: 'good'});
    } catch (fault) {
      // The words stay, to be sent again.
      change({
        type: 'feedback',
        change: {error: clean.free(fault instanceof Error ? fault.message : String(fault))},
      });
    }
  }

  function perform(effect: Effect): void {
    const told = (error: unknown): void =>
      change({type: 'refused', at: deck.monitor.view.now(), text: clean.free(String(error)), tone: 'bad'});
    switch (effect.type) {
      case 'execute':
        void execute(effect.intent);
        return;
      case 'feature':
        turnTo(effect.by).catch(told);
        return;
      case 'extra':
        runExtra(effect.key).catch(told);
        return;
      case 'time':
        turnTime(effect.isEnd ?? false).catch(told);
        return;
      case 'time-key':
        deck.time?.press(effect.key);
        return;
      case 'redraw':
        terminal?.redraw();
        return;
      case 'suspend':
        terminal?.suspend();
        return;
      case 'quit':
        exit(effect.code);
    }
  }

  function take(step: Step): void {
    put(step.ui);
    for (const effect of step.effects) perform(effect);
  }

  useInput((input, key) => {
    const name = keyName(input, key);
    if (name !== null) take(press(now(), name, newest.current));
  });

  usePaste(text => {
    const {dialog} = now();
    const clean = plainText(text.trim());
    if (isTyping(dialog)) put(withField(now(), dialog, typed(dialog.field, clean)));
    else change({type: 'refused', at: deck.monitor.view.now(), text: t.pasteIgnored});
  });

  if (layout.kind === 'tiny')
    return <TooSmall {...{scene, ui}} metrics={model.allRows} columns={size.columns} rows={size.rows} />;
  const width = layout.columns;
  const {mayAct} = scene;
  const {extras, mode} = deck;
  const footer =
    ui.dialog === null
      ? footerLine(context, {mayAct, isAway: isAway(reading), extras, width, t})
      : dialogFooter(ui.dialog, width, t);
  const position =
    features.length > 1 ? `${features.indexOf(deck.monitor.feature) + 1}/${features.length}` : '';
  const top = (layout.hasLabels ? 4 : 3) + layout.headlines;
  const dialog = ui.dialog !== null && (
    <Boundary name="dialog" t={t} width={width} moment={reading.at}>
      <DialogView
        dialog={ui.dialog}
        scene={scene}
        rows={model.allRows}
        area={{columns: width, rows: layout.rows, top, below: top + layout.sidesHeight}}
        keys={context}
        help={ui.dialog.kind === 'help' ? helpRows(context, {mayAct, extras, t}) : []}
        onLevel={level => change({type: 'level', level})}
        feedback={{
          onSubmit: feedback => void giveFeedback(feedback),
          onType: type => change({type: 'feedback', change: {type}}),
          onRating: rating => change({type: 'feedback', change: {rating}}),
        }}
      />
    </Boundary>
  );
  return <Screen {...{model, ui, mode, position, footer, dialog}} />;
}

/** Where in time the screen is. */
function timeOf({time, openPast}: Deck): PressContext['time'] {
  if (time !== undefined) return 'past';
  return openPast === undefined ? 'now-only' : 'now';
}

function contextOf(
  deck: Deck,
  model: Model,
  {featureCount, rings}: {featureCount: number; rings: boolean},
): PressContext {
  const {scene, rows, log, logPicked} = model;
  const {snapshot, at} = scene.reading;
  const base = {
    snapshot,
    alert: alertToAcknowledge(snapshot.state.alerts, log[logPicked]?.alert ?? null),
    featureCount: deck.open === undefined ? 1 : featureCount,
    time: timeOf(deck),
    rings,
    t: scene.t,
    at,
    mayAct: scene.mayAct,
    isTooSmall: model.layout.kind === 'tiny',
    metrics: rows.map(({metric}) => metric.name),
    picked: model.picked?.metric.name ?? null,
    logRows: log.map(row => rowKey(row)),
    extras: deck.extras.map(({key}) => key),
    newId: () => deck.newId(),
  };
  return {...base, palette: typed => paletteActions(base, scene.mayAct, typed, scene.t)};
}
