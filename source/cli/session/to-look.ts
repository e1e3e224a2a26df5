import {makeDefaultStore, openStore, type StoreAddress} from '../../store/open.ts';
import type {ViewStore} from '../../store/port.ts';
import type {Call} from '../call.ts';

/**
 * Opens a store for reading; `address` null: the embedded default. That one comes to be with whatever verb is its first
 * use; a named store that does not exist is more likely a typing mistake. Under `--read-only` nothing is made.
 * @throws StoreFault
 */
export async function openToLook(
  {flags}: Pick<Call, 'flags'>,
  address: string | StoreAddress | null,
): Promise<ViewStore> {
  if (address === null && !flags.readOnly) await makeDefaultStore(process.env);
  return await openStore(address, 'viewer');
}
