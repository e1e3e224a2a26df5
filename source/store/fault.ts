export type StoreFaultCode =
  | 'store-unreachable'
  | 'store-refused'
  | 'store-full'
  | 'store-not-ours'
  | 'store-bad-url'
  | 'store-no-rights'
  | 'log-broken'
  | 'store-clock-behind';

/** A fault of the store. Its text never holds a password. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault';
  readonly code: StoreFaultCode;
  /** The remedy. */
  readonly hint: string;

  constructor(code: StoreFaultCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : {cause});
    this.code = code;
    this.hint = hint;
  }
}

/** The store did not take the commit of a rollback. */
export class RollbackFault extends StoreFault {
  /** A command that needs no store, and its effect. */
  readonly way: string;

  constructor({code, message, hint, cause}: StoreFault, feature: string | null) {
    const way = `${offlineCommand(feature)} ${OFFLINE_DOES}`;
    super(code, message, `${way} ${hint}`, cause);
    this.way = way;
  }
}

export function offlineCommand(feature: string | null): string {
  return `graydeck rollback --offline${feature === null ? '' : ` --feature ${feature}`}`;
}

export const OFFLINE_DOES =
  'needs no store: run on a host with routers, it gives everyone prod there at once, and the log follows when the store is back.';
