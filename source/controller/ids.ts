import {randomBytes} from 'node:crypto';

/** Letters and digits that are not confused when read out. */
const ALPHABET = '23456789abcdefghjkmnpqrstvwxyz';

function random(length: number): string {
  return Array.from(randomBytes(length), byte => ALPHABET[byte % ALPHABET.length]).join('');
}

export const newReleaseId = (): string => `r-${random(8)}`;
export const newAlertId = (): string => `a-${random(6)}`;
export const newSilenceId = (): string => `s-${random(6)}`;
export const newNonce = (): string => random(20);
