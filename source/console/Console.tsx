import {useApp, useInput, usePaste, useWindowSize} from 'ink';
import {useEffect, useLayoutEffect, useRef, useState, type ReactNode} from 'react';
import {plainText} from '../text/plain-text.ts';
import {alarmOf} from './alarm.ts';
import type {Deck, Attendance, Sharing} from './deck.ts';
import {areaOf} from './dialogs/DialogFrame.tsx';
import {DialogView} from './dialogs/DialogView.tsx';
import {giveFeedback, perform, type EffectTarget, type TerminalKeys} from './effects.ts';
import {typed} from './keys/field.ts';
import {keyName} from './keys/input-keys.ts';
import {withField} from './keys/press-dialog.ts';
import {press} from './keys/press.ts';
import type {PressContext} from './keys/step.ts';
import {Boundary} from './panels/Boundary.tsx';
import {FleetScreen} from './panels/FleetScreen.tsx';
import {Screen} from './panels/Screen.tsx';
import {TooSmall} from './panels/TooSmall.tsx';
import {dialogFooter, footerLine} from './present/footer.ts';
import {isAway} from './present/sides/sides.ts';
import {contextOf} from './press-context.ts';
import {useReading} from './reading.ts';
import {isTyping, type Ui} from './ui.ts';
import {useAlarm} from './use-alarm.ts';
import {useFleet, usePickedRow, type Fleet} from './use-fleet.ts';
import {useSharing} from './use-sharing.ts';
import {useScreen, type Screen as Model} from './use-screen.ts';
import {useUi, type UiHold} from './use-ui.ts';

export interface ConsoleProps {
  deck: Deck;
  /** Called with what was done from here and who else is here, whenever that changes: the farewell tells it. */
  onDone(deck: Deck, done: Ui['done'], presence: Attendance): void;
  /** What keys do to the terminal itself; absent where there is none. */
  terminal?: TerminalKeys;
}

/** The whole console: reads the deck, draws it, and turns keys into commands. */
export function Console({deck: first, onDone, terminal}: ConsoleProps): ReactNode {
  const [deck, setDeck] = useState(first);
  const [features, setFeatures] = useState<readonly string[]>([first.monitor.feature]);
  const {exit} = useApp();
  const size = useWindowSize();
  const live = useRef<Deck | null>(null);
  const pending = useRef<EffectTarget['pending']['current']>(null);
  const hold = useUi(first.beginsWithList === true ? 'fleet' : 'feature');
  const {ui, change} = hold;
  const reading = useReading(deck);
  const model = useScreen(deck, reading, ui, size);
  const {t, clean} = model.scene;
  const rings = (deck.bell ?? true) !== ui.isBellTurned;
  const sharing = useSharing(deck, t, change);
  const fleet = useFleet(deck, ui, reading.at);
  usePickedRow(hold, fleet);
  const context = contextOf(deck, model, {ui, featureCount: features.length, rings, fleet, sharing});
  useAlarm(alarmOf(reading.snapshot.state, t, clean), deck.monitor.feature, rings && deck.time === undefined);
  const {acting, viewers} = sharing;
  useEffect(() => onDone(deck, ui.done, {acting, viewers}), [deck, ui.done, acting, viewers, onDone]);
  useEffect(() => {
    // Without the list there is only this feature; the store's light already says what is wrong.
    deck.features().then(setFeatures, () => undefined);
  }, [deck]);
  const target: EffectTarget = {
    deck,
    features,
    live,
    pending,
    t,
    clean,
    change,
    setDeck,
    exit: code => exit(code),
    terminal,
  };
  const take = useKeyboard(hold, context, target);
  // A key of the list waits until its feature is in sight.
  useEffect(() => {
    const wanted = pending.current;
    const isOpening = context.snapshot.link.state === 'opening';
    if (wanted === null || wanted.feature !== deck.monitor.feature || isOpening) return;
    pending.current = null;
    take(wanted.key);
  });

  if (model.layout.kind === 'tiny')
    return (
      <TooSmall
        {...{scene: model.scene, ui}}
        metrics={model.allRows}
        columns={size.columns}
        rows={size.rows}
      />
    );
  return <Drawn {...{model, ui, context, target, fleet, sharing}} />;
}

/** Turns keys and pastes into changes of the screen and effects. Each key sees what the key before it left. */
function useKeyboard(
  {now, put, change}: UiHold,
  context: PressContext,
  target: EffectTarget,
): (key: string) => void {
  const newest = useRef(context);
  useLayoutEffect(() => {
    newest.current = context;
  });
  const take = (name: string): void => {
    const step = press(now(), name, newest.current);
    put(step.ui);
    for (const effect of step.effects) perform(effect, target);
  };
  useInput((input, key) => {
    const name = keyName(input, key);
    if (name !== null) take(name);
  });
  usePaste(text => {
    const {dialog} = now();
    const clean = plainText(text.trim());
    if (isTyping(dialog)) put(withField(now(), dialog, typed(dialog.field, clean)));
    else change({type: 'refused', at: target.deck.monitor.view.now(), text: target.t.pasteIgnored});
  });
  return take;
}

interface DrawnProps {
  model: Model;
  ui: Ui;
  context: PressContext;
  target: EffectTarget;
  fleet: Fleet;
  sharing: Sharing;
}

/** The screen with its footer and the open dialog. */
function Drawn({model, ui, context, target, fleet, sharing}: DrawnProps): ReactNode {
  const {scene, layout} = model;
  const {reading, mayAct, t} = scene;
  const {deck, features} = target;
  const {extras, mode} = deck;
  const {columns: width} = layout;
  const place = ui.dialog === null ? 'deck' : 'chart';
  const footer =
    ui.dialog === null || ui.dialog.kind === 'chart'
      ? footerLine(context, {mayAct, place, isAway: isAway(reading), extras, width, t})
      : dialogFooter(ui.dialog, width, t);
  const position =
    features.length > 1 ? `${features.indexOf(deck.monitor.feature) + 1}/${features.length}` : '';
  const dialog = ui.dialog !== null && (
    <Boundary name="dialog" t={t} width={width} moment={reading.at}>
      <OpenDialog {...{model, dialog: ui.dialog, context, target, sharing}} />
    </Boundary>
  );
  if (ui.screen === 'fleet')
    return <FleetScreen {...{fleet, scene, ui, dialog}} columns={width} rows={layout.rows} />;
  return <Screen {...{model, ui, mode, position, footer, dialog, sharing}} />;
}

function OpenDialog({
  model,
  dialog,
  context,
  target,
  sharing,
}: Omit<DrawnProps, 'ui' | 'fleet'> & {dialog: NonNullable<Ui['dialog']>}): ReactNode {
  const {scene, layout, allRows} = model;
  const {change} = target;
  if (layout.kind === 'tiny') return null;
  return (
    <DialogView
      dialog={dialog}
      scene={scene}
      rows={allRows}
      area={areaOf(layout)}
      keys={context}
      sharing={sharing}
      onLevel={level => change({type: 'level', level})}
      feedback={{
        onSubmit: feedback => void giveFeedback(feedback, target),
        onType: type => change({type: 'feedback', change: {type}}),
        onRating: rating => change({type: 'feedback', change: {rating}}),
      }}
    />
  );
}
