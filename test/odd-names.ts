/** Names that every object has, by which a record must never be read; and two that only look so. */
export const ODD_NAMES = [
  'constructor',
  '__proto__',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'isPrototypeOf',
  '__defineGetter__',
] as const;
