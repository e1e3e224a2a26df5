import {stat} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {quote} from '../../config/yaml/mistake.ts';
import {usage} from '../output/failure.ts';

/**
 * Refuses a configuration that another user of this machine has written or could write: it names the hosts that passwords are
 * sent to, and programs that are run. Its owner must be this user or root. Under sudo the user who called sudo counts, too.
 * @throws Failure exit code 2
 */
export async function refuseForeign(path: string): Promise<void> {
  const own = process.geteuid?.();
  // Windows knows no such owner.
  if (own === undefined) return;
  const found = await stat(path).catch(() => null);
  // The reader says why a file cannot be read. Pipes and devices belong to the user that opened them.
  if (found === null || !found.isFile()) return;
  const caller = own === 0 ? Number(process.env['SUDO_UID'] ?? 0) : own;
  if (![0, own, caller].includes(found.uid))
    throw usage(
      `${quote(path)} belongs to user ${found.uid}, neither to you nor to root, and is not read`,
      `look what it says, then: chown ${userName()} ${path}`,
      'foreign-config',
    );
  if ((found.mode & 0o002) !== 0)
    throw usage(
      `every user of this machine may write to ${quote(path)}, so it is not read`,
      `look what it says, then: chmod o-w ${path}`,
      'foreign-config',
    );
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.geteuid?.() ?? '');
  }
}
