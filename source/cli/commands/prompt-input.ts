import {PassThrough} from 'node:stream';
import {textOfKey} from '../../console/input/ink-stdin.ts';
import type {InputEvent} from '../../console/input/read-items.ts';
import {TerminalReader} from '../../console/input/terminal-reader.ts';

/**
 * What a prompt reads of a terminal: keys and pastes, and no answer that the terminal gives meanwhile. A paste is one
 * line at most, which a person still has to send.
 */
export class PromptInput extends PassThrough {
  readonly isTTY = true;
  readonly #terminal: NodeJS.ReadStream;
  readonly #reader: TerminalReader;

  constructor(terminal: NodeJS.ReadStream) {
    super();
    this.#terminal = terminal;
    this.#reader = new TerminalReader(terminal, events => {
      for (const event of events) this.write(textOf(event));
    });
  }

  setRawMode(isRaw: boolean): this {
    if (isRaw) {
      this.#reader.start();
      this.#terminal.once('end', this.#close);
    } else {
      this.#reader.stop();
      this.#terminal.off('end', this.#close);
    }
    return this;
  }

  /** The terminal is gone. */
  readonly #close = (): void => void this.end();
}

function textOf(event: InputEvent): string {
  if (event.type === 'dropped') return '';
  if (event.type === 'key') return event.name === 'Escape' ? '' : textOfKey(event.name);
  // oxlint-disable-next-line no-control-regex -- a line holds no control characters
  return event.text.replaceAll(/[\u0000-\u001F\u007F]+/gu, ' ').trim();
}
