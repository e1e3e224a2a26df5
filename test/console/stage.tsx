import {render} from 'ink-testing-library';
import stringWidth from 'string-width';
import {stripVTControlCharacters} from 'node:util';
import {expect} from 'vitest';
import {Console} from '../../source/console/Console.tsx';
import type {ConsoleMode, Deck} from '../../source/console/deck.ts';
import {textForInk} from '../../source/console/input/ink-stdin.ts';
import {ThemeOfTones} from '../../source/console/panels/LineView.tsx';
import {MONOCHROME} from '../../source/console/theme.ts';
import type {World} from './programs/world.ts';
import {deckOf} from './programs/scenes.ts';
import {eventually} from '../patience.ts';

/** A console on a stage: its screen is read, its keys are pressed, in the words of an operator. */
export class Stage {
  readonly deck: Deck;
  readonly world: World;
  readonly done: {at: number; text: string}[] = [];
  readonly #app: ReturnType<typeof render>;

  constructor(deck: Deck, world: World, size: {columns: number; rows: number}) {
    this.deck = deck;
    this.world = world;
    this.#app = render(
      <ThemeOfTones value={MONOCHROME}>
        <Console
          deck={deck}
          onDone={(_, done) => {
            this.done.splice(0, this.done.length, ...done);
          }}
        />
      </ThemeOfTones>,
    );
    this.resize(size.columns, size.rows);
  }

  resize(columns: number, rows: number): void {
    Object.defineProperty(this.#app.stdout, 'columns', {value: columns, configurable: true});
    Object.defineProperty(this.#app.stdout, 'rows', {value: rows, configurable: true});
    this.#app.stdout.emit('resize');
  }

  /** What is on the screen now; bound, so that it can be polled. */
  readonly screen = (): string => stripVTControlCharacters(this.#app.lastFrame() ?? '');

  /** Every frame that was drawn, in their order. */
  frames(): string[] {
    return this.#app.frames.map(frame => stripVTControlCharacters(frame));
  }

  rows(): string[] {
    return this.screen().split('\n');
  }

  /** Presses keys by their names in the key map, one after the other. */
  press(...keys: string[]): void {
    for (const name of keys) this.#app.stdin.write(textForInk({type: 'key', name}));
  }

  /** Presses the key of each character, as fast as it can be read. */
  type(text: string): void {
    this.press(...Array.from(text, character => (character === '\r' ? 'Enter' : character)));
  }

  paste(text: string): void {
    this.#app.stdin.write(textForInk({type: 'paste', text}));
  }

  /** Widest row on the screen. */
  widest(): number {
    return Math.max(...this.rows().map(row => stringWidth(row)));
  }

  close(): void {
    this.#app.unmount();
  }
}

/** Opens a scene on a stage that closes by itself. */
export async function stage(
  name: string,
  mode: Partial<ConsoleMode> = {},
  size = {columns: 120, rows: 40},
  change: (deck: Deck, world: World) => Deck = deck => deck,
): Promise<Stage & Disposable> {
  const {deck, scene} = await deckOf(name, mode);
  const opened = new Stage(change(deck, scene.world), scene.world, size);
  const isDrawn = (): boolean =>
    opened.rows().length === size.rows || opened.screen().includes('the console needs');
  await eventually(() => expect(isDrawn()).toBe(true), 5);
  return Object.assign(opened, {[Symbol.dispose]: () => opened.close()});
}
