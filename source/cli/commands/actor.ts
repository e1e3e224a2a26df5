import {randomBytes} from 'node:crypto';
import {hostname, userInfo} from 'node:os';
import type {Actor} from '../../release/command.ts';
import {isName} from '../../release/name.ts';
import {usage} from '../output/failure.ts';
import type {Flags} from '../command-line/flags.ts';
import {startOf} from '../../release/well-formed.ts';
import {quote} from '../../text/quote.ts';

const REASON_AT_MOST = 2000;
/** In a container every process has the number 1, and `--by` may give all of them one name. */
const THIS_PROCESS = `${process.pid}-${randomBytes(2).toString('hex')}`;

/** Who does it and why, for the log. @throws Failure exit code 2. */
export function readStamp({by, reason}: Pick<Flags, 'by' | 'reason'>): {by: Actor; reason?: string} {
  if (reason !== undefined && !isName(reason, REASON_AT_MOST)) {
    throw usage(
      'the reason is empty, too long or holds control characters',
      `--reason "up to ${REASON_AT_MOST} plain characters, on one line"`,
    );
  }
  return {by: {name: readName(by), kind: 'person'}, ...(reason === undefined ? {} : {reason})};
}

/** A guard as the log names it: as `--by` says, else by the machine it runs on. @throws Failure exit code 2. */
export function readGuardName(by: string | undefined): string {
  return by === undefined ? `guard on ${hostname()}` : readName(by);
}

/** The actor's name with this process's id: two processes of one name must not take each other's running work for their own. */
export function nameHere(name: string): string {
  return `${startOf(name, 100)}, ${THIS_PROCESS}`;
}

/** The one who does it: as `--by` says, else `USER on HOSTNAME`. @throws Failure exit code 2. */
function readName(by: string | undefined): string {
  if (by === undefined) return `${userName()} on ${hostname()}`;
  if (isName(by)) return by;
  throw usage(`--by cannot be ${quote(by)}`, '--by "up to 128 plain characters"');
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as containers like to have.
    return process.env['USER'] || 'unknown user';
  }
}
