import type {Outcome} from '../../controller/outcome.ts';
import type {Refusal, RefusalCode, RefusalFacts} from '../../release/refusal.ts';
import {StoreFault, type StoreFaultCode} from '../../store/fault.ts';
import {RecordingFault} from '../../replay/read.ts';
import {EXIT, type ExitCode} from './exit.ts';

/** Why a verb ends without having done what was asked. One sentence, and what to do next. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exit: ExitCode;
  /** A short word for machines: `usage`, `wrong-state`, `store-unreachable`. */
  readonly code: string;
  /** What to do next, best a command to type; empty where the message says it all. */
  readonly next: string;
  /** Further lines for people, and the same for machines: the mistakes of a file. */
  readonly lines: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
  /** What a refusal says, for its words in another language. */
  readonly about: RefusalFacts;

  constructor(
    exit: ExitCode,
    code: string,
    message: string,
    next = '',
    more: {
      lines?: readonly string[];
      facts?: Readonly<Record<string, unknown>>;
      about?: RefusalFacts;
      cause?: unknown;
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : {cause: more.cause});
    this.exit = exit;
    this.code = code;
    this.next = next;
    this.lines = more.lines ?? [];
    this.facts = more.facts ?? {};
    this.about = more.about ?? {};
  }
}

/** Wrong use or bad input: exit code 2. */
export function usage(message: string, next = 'graydeck --help', code = 'usage'): Failure {
  return new Failure(EXIT.usage, code, message, next);
}

/** What is wrong with the input itself, whatever the state: bad input, not a refusal by the state machine. */
const INPUT: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['bad-input', 'bad-percent']);

const OF_STORE: Record<StoreFaultCode, ExitCode> = {
  'store-unreachable': EXIT.unreachable,
  'store-bad-url': EXIT.usage,
  'store-refused': EXIT.fault,
  'store-full': EXIT.fault,
  'store-not-ours': EXIT.fault,
  'store-no-rights': EXIT.fault,
  'store-clock-behind': EXIT.fault,
  'log-broken': EXIT.fault,
};

function failureOfRefusal({code, message, remedy, facts: about = {}}: Refusal): Failure {
  const exit = INPUT.has(code) ? EXIT.usage : EXIT.refused;
  return new Failure(exit, code, message, remedy, {about});
}

/** What an outcome means for the exit code; null: what was wanted is so. */
export function failureOfOutcome(outcome: Outcome): Failure | null {
  switch (outcome.kind) {
    case 'done':
    case 'nothing':
      return null;
    case 'refused':
      return failureOfRefusal(outcome.refusal);
    case 'conflict':
      return new Failure(
        EXIT.conflict,
        'conflict',
        `others wrote first ${outcome.tries} times in a row`,
        'look at graydeck status, then try again',
      );
  }
}

/** Anything thrown, as a failure: the one place where it gets its exit code. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof StoreFault) {
    return new Failure(OF_STORE[error.code], error.code, error.message, error.hint, {cause: error});
  }
  if (error instanceof RecordingFault)
    return new Failure(EXIT.usage, error.code, error.message, error.hint, {cause: error});
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(
    EXIT.fault,
    'fault',
    message,
    'GRAYDECK_TRACE=1 before the command shows where it comes from',
    {cause: error},
  );
}
