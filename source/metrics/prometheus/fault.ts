/** What can be wrong with a number from Prometheus, or with Prometheus itself. Each is told apart, none is a number. */
export type PrometheusFaultCode =
  /** 0 ÷ 0, or the like. */
  | 'nan'
  /** +Inf or -Inf. */
  | 'inf'
  /** The query found no series. */
  | 'empty'
  /** The query gave more than one series where one was asked for. */
  | 'several'
  | 'timeout'
  /** Prometheus refused the query; `why` is its own sentence. */
  | 'bad-query'
  /** Token or password are wrong or missing. */
  | 'unauthorized'
  /** 5xx, or too many requests. */
  | 'server-error'
  /** No server answers at this address. */
  | 'unreachable'
  /** Something answers that is not the HTTP interface of Prometheus. */
  | 'not-prometheus';

/**
 * How a number from Prometheus stands. `waiting`: not answered yet; `lagging`: the newest sample behind it is older than
 * its scrape interval explains, or the last question is too long ago. Only `ok` is a number.
 */
export type NumberState = 'ok' | 'waiting' | 'lagging' | PrometheusFaultCode;

/** All text in it is fit for a terminal and holds no password. */
export interface PrometheusFault {
  code: PrometheusFaultCode;
  why: string;
}

/** An answer that was understood, or what is wrong. `warnings`: what Prometheus says beside it. */
export type Answer<T> =
  | {ok: true; value: T; warnings: readonly string[]}
  | {ok: false; fault: PrometheusFault; warnings: readonly string[]};

export function fault(
  code: PrometheusFaultCode,
  why: string,
  warnings: readonly string[] = [],
): {ok: false; fault: PrometheusFault; warnings: readonly string[]} {
  return {ok: false, fault: {code, why}, warnings};
}

/** Whether no answer can be had at all; everything else is of one query or number. */
export function isAway(state: NumberState): boolean {
  switch (state) {
    case 'timeout':
    case 'unauthorized':
    case 'server-error':
    case 'unreachable':
    case 'not-prometheus':
      return true;
    case 'ok':
    case 'waiting':
    case 'lagging':
    case 'nan':
    case 'inf':
    case 'empty':
    case 'several':
    case 'bad-query':
      return false;
  }
}
