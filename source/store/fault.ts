export type StoreFaultCode =
  | 'store-unreachable'
  | 'store-refused'
  | 'store-full'
  | 'store-not-ours'
  | 'store-bad-url'
  | 'store-no-rights'
  | 'log-broken'
  | 'store-clock-behind';

/** Something about the store is wrong. Text and facts never hold a password. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault';
  readonly code: StoreFaultCode;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: StoreFaultCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : {cause});
    this.code = code;
    this.hint = hint;
  }
}
