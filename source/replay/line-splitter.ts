/** Most characters of a line. */
export const LONGEST_LINE = 4 * 1024 * 1024;

/** Splits chunks of text into lines. Of a line that is too long, only the fact is kept. */
export class LineSplitter {
  #rest = '';
  #isTooLong = false;

  /** Adds a chunk and calls back for each complete line; null for a line that was too long. */
  push(chunk: string, onLine: (line: string | null) => void): void {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      this.#emit(chunk.slice(from, end), onLine);
      from = end + 1;
    }
    this.#keep(from === 0 ? chunk : chunk.slice(from));
  }

  /** Returns the rest without an end of line. */
  end(onLine: (line: string | null) => void): void {
    if (this.#rest !== '' || this.#isTooLong) this.#emit('', onLine);
  }

  #emit(tail: string, onLine: (line: string | null) => void): void {
    this.#keep(tail);
    const line = this.#isTooLong ? null : this.#rest;
    this.#rest = '';
    this.#isTooLong = false;
    onLine(line);
  }

  #keep(text: string): void {
    if (this.#isTooLong || text === '') return;
    this.#isTooLong = this.#rest.length + text.length > LONGEST_LINE;
    this.#rest = this.#isTooLong ? '' : this.#rest + text;
  }
}
