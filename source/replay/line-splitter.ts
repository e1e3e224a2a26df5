/** The longest line that is read, in characters. */
export const LONGEST_LINE = 4 * 1024 * 1024;

/** Cuts chunks of text into lines; of a line that is too long nothing is kept but that it was. */
export class LineSplitter {
  #rest = '';
  #isTooLong = false;

  /** Calls back for each line that is whole now; null for one that was too long. */
  push(chunk: string, onLine: (line: string | null) => void): void {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      this.#emit(chunk.slice(from, end), onLine);
      from = end + 1;
    }
    this.#keep(from === 0 ? chunk : chunk.slice(from));
  }

  /** What is left without an end of line. */
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
