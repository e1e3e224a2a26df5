const SLOTS = 16_384;
/** CRC16/XMODEM, as the specification of Redis Cluster has it. */
const POLYNOMIAL = 0x1021;

/** Gives the slot of a key: of the text in its first braces, or of the whole key if there is none. */
export function slotOf(key: string): number {
  const tag = /^[^{]*\{([^}]+)\}/u.exec(key)?.[1] ?? key;
  return crc16(Buffer.from(tag)) % SLOTS;
}

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? POLYNOMIAL : 0)) & 0xffff;
  }
  return crc;
}
