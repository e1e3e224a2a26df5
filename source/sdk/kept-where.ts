import {access} from 'node:fs/promises';
import {stateFolder} from '../store/open.ts';
import type {DeckOptions} from './options.ts';

/**
 * The folder for what outlives the process; null: nowhere. One that was named counts as it is: where it cannot be read
 * a rollback may wait in it. The one of this user, which nobody has named, is done without where it cannot be looked into.
 */
export async function keptWhere(
  {stateFolder: named}: DeckOptions,
  env: NonNullable<DeckOptions['env']>,
  onTrouble: (what: string) => void,
): Promise<string | null> {
  if (named !== undefined) return named === false ? null : named;
  const folder = stateFolder(env);
  try {
    await access(folder);
    return folder;
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    // Not there yet: it is made with the first split.
    if (code === 'ENOENT') return folder;
    onTrouble(`the last split is not kept: the state folder cannot be used (${code ?? 'unknown'})`);
    return null;
  }
}
