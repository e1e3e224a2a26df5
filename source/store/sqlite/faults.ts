import {StoreFault} from '../fault.ts';

const PRIMARY = {
  perm: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
};

/** SQLite's primary result code of a driver's error; null for any other error. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

/** Whether another process holds the lock now, so that another attempt is worthwhile. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === PRIMARY.busy || code === PRIMARY.locked;
}

/** Whether an error may come from a full disk: SQLite reports another error if it cannot create a file. */
export function mayBeFull(error: unknown): boolean {
  const code = resultCode(error);
  return code === PRIMARY.full || code === PRIMARY.io || code === PRIMARY.cannotOpen || isNoSpace(error);
}

/** Whether an error says that there is no room. */
export function isFull(error: unknown): boolean {
  return resultCode(error) === PRIMARY.full || isNoSpace(error);
}

/** The disk has no room, and the reserve gave none. */
export function diskFull(label: string, cause: unknown): StoreFault {
  return new StoreFault(
    'store-full',
    `The disk of ${label} is full.`,
    'Free space on that disk. Until then only commits that give gray to fewer users are written, as long as the reserve of the store lasts.',
    cause,
  );
}

/** Makes a `StoreFault` of an error of the driver or the file system. Any other error is returned unchanged. */
export function toFault(error: unknown, label: string): unknown {
  if (error instanceof StoreFault) return error;
  switch (resultCode(error)) {
    case PRIMARY.busy:
    case PRIMARY.locked: {
      return new StoreFault(
        'store-unreachable',
        `Another process keeps ${label} locked.`,
        'Look for a Graydeck process that is stopped (state T), and continue or end it.',
        error,
      );
    }
    case PRIMARY.full: {
      return diskFull(label, error);
    }
    case PRIMARY.perm:
    case PRIMARY.readOnly:
    case PRIMARY.cannotOpen: {
      return noRights(label, error);
    }
    case PRIMARY.notADatabase: {
      return notOurs(label, 'is not a SQLite database', error);
    }
    case PRIMARY.corrupt: {
      return notOurs(label, 'is damaged', error);
    }
    case PRIMARY.io: {
      return new StoreFault(
        'store-unreachable',
        `The disk under ${label} fails.`,
        'See the messages of the system; the store must lie on a local disk.',
        error,
      );
    }
    default: {
      return isFileError(error) ? fileFault(error, label) : error;
    }
  }
}

export function notOurs(label: string, what: string, cause?: unknown): StoreFault {
  return new StoreFault(
    'store-not-ours',
    `${label} ${what}.`,
    'Name another file, or move this one away; Graydeck changes nothing in it.',
    cause,
  );
}

export function notThere(label: string): StoreFault {
  return new StoreFault(
    'store-unreachable',
    `There is no store at ${label} yet.`,
    'It is made by the first process that may write: a console, a guard or a verb that changes something.',
  );
}

export function notAFile(label: string): StoreFault {
  return new StoreFault(
    'store-no-rights',
    `${label} is a folder.`,
    'Name a file in it: sqlite:FOLDER/graydeck.db.',
  );
}

function noRights(label: string, cause: unknown): StoreFault {
  return new StoreFault(
    'store-no-rights',
    `${label} cannot be opened or written.`,
    'Check that its folder exists and that this user may write the file and the folder.',
    cause,
  );
}

function fileFault(error: NodeJS.ErrnoException, label: string): StoreFault {
  return isNoSpace(error) ? diskFull(label, error) : noRights(label, error);
}

function isNoSpace(error: unknown): boolean {
  return isFileError(error) && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
