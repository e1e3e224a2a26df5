import {access} from 'node:fs/promises';
import {stateFolder} from '../store/open.ts';
import type {DeckOptions} from './options.ts';

/**
 * The folder for the last split and latches; null for none. A folder that the options name is always used: if
 * it cannot be read, an offline rollback may be set in it. The user's default state folder is skipped if it
 * cannot be accessed.
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
    // The folder is created with the first split.
    if (code === 'ENOENT') return folder;
    onTrouble(
      `the last split is not saved: the state folder ${folder} cannot be used (${code ?? 'unknown'})`,
    );
    return null;
  }
}
