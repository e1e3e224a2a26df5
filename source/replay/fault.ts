/** A recording that cannot be read or written, in words for the person who named it. */
export class RecordingFault extends Error {
  override readonly name = 'RecordingFault';
  /** A short word for machines: `no-file`, `bad-recording`. */
  readonly code: string;
  /** What to do next, best a command to type. */
  readonly hint: string;

  constructor(message: string, hint: string, code: string) {
    super(message);
    this.hint = hint;
    this.code = code;
  }
}
