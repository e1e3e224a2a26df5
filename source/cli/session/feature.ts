import {stat} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {isFeatureName} from '../../release/name.ts';
import {usage} from '../output/failure.ts';
import {nearest, quote} from '../../text/quote.ts';

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

/** The name of a feature as it may stand in a key of the store. @throws Failure exit code 2. */
export function checkFeature(name: string): string {
  if (isFeatureName(name)) return name;
  throw usage(
    `${quote(name)} cannot be the name of a feature`,
    'small letters, digits, _ and -, at most 64, the first a letter or digit: --feature new_payment',
    'bad-feature',
  );
}

/**
 * The feature that is meant: the one that is named, or the only one of the store.
 * @param firstOfSeveral take the first of several: the list of all is shown
 * @throws Failure exit code 2, with the names there are.
 */
export async function chooseFeature(
  named: string | null,
  verb: string,
  list: () => Promise<string[]>,
  firstOfSeveral = false,
): Promise<string> {
  if (named !== null) return checkFeature(named);
  const features = await list();
  const [only] = features;
  if (only !== undefined && (features.length === 1 || firstOfSeveral)) return only;
  if (only === undefined) {
    const next =
      verb === 'start'
        ? 'graydeck start VERSION --feature NAME'
        : 'graydeck start VERSION --feature NAME begins the first';
    throw usage('the store has no feature yet', next, 'no-feature');
  }
  throw usage(
    `the store has ${features.length} features: ${listed(features)}`,
    `graydeck ${verb} --feature ${only}`,
    'which-feature',
  );
}

/** The same for a verb that reads: a feature that the store does not know is a slip. @throws Failure exit code 2 */
export async function chooseKnown(
  named: string | null,
  verb: string,
  store: {features(): Promise<string[]>},
): Promise<string> {
  const name = await chooseFeature(named, verb, () => store.features());
  if (named !== null) await mustExist(store, name, verb);
  return name;
}

/** What to say about a feature that the store does not know. */
export function unknownFeature(name: string, features: readonly string[]): string {
  const near = nearest(name, features);
  const there = features.length === 0 ? 'it has none yet' : `it has ${listed(features)}`;
  return near === null
    ? `the store knows no feature ${name}; ${there}`
    : `the store knows no feature ${name}: did you mean ${near}?`;
}

/** Refuses a name without entries: a write would make a new feature by a typing mistake. @throws Failure exit code 2 */
export async function mustExist(
  store: {features(): Promise<string[]>},
  name: string,
  verb: string | null = null,
): Promise<void> {
  const features = await store.features();
  if (features.includes(name)) return;
  // A store without any feature has nothing that was meant instead: a verb that reads says that it is idle.
  if (verb !== null && features.length === 0) return;
  const near = nearest(name, features);
  const next =
    verb === null || near === null
      ? `graydeck start VERSION --feature ${name}`
      : `graydeck ${verb} --feature ${near}`;
  throw usage(unknownFeature(name, features), next, 'no-feature');
}

function listed(features: readonly string[]): string {
  const shown = features.slice(0, 12).join(', ');
  return features.length > 12 ? `${shown} and ${features.length - 12} more` : shown;
}
