/**
 * Names that several rooms export, each with the reason. A reason that begins with `open` is a rename that has not been
 * made yet. Add a name only if neither meaning has a better word.
 */
export const DOUBLE_NAMES: Readonly<Record<string, string>> = {
  // Public: each is the entry of its own package path, and no file imports both.
  Decision: 'what `decide` returns: for a user in the SDK, for a command in the core',
  Deck: 'the SDK’s connection of an application; the console’s parts',
  connect: 'the SDK’s entry; the first connection of the Redis client',
  // Catalogues: one file a language in each room, imported only by its own room.
  en: 'English catalogue of a room',
  zh: 'Chinese catalogue of a room',
  // A word of the domain, and a word of a technique.
  Command: 'what an actor wants; a command of Redis',
  Outcome: 'of a command; of a condition',
  Step: 'an effect of a release; a move of nginx to its goal; the result of a key',
  Row: 'a row of SQLite; a row on the screen',
  Report: 'of a router; what the guard prints',
  Shape: 'checks of a record from outside; keys of a YAML tree',
  Position: 'in a log; in a stream of samples',
  Line: 'a line on the screen; open: the Redis connection becomes RedisClient',
  // Open renames in rooms that are being rewritten.
  Answer: 'open: the answer of the judge, of a command and of Prometheus',
  Asked: 'open: the request that forces a side; a query of Prometheus',
  Decoded: 'open: a decoded commit; decoded bytes of a terminal',
  Finding: 'open: of the evidence; of the preflight',
  History: 'open: of the console; of a Prometheus number',
  Look: 'open: the theme of the console; a read-only session',
  Measured: 'open: five things that were measured',
  Metric: 'open: a declared metric; a metric on the screen',
  MetricKind: 'open: counter, gauge or distribution; what a condition knows of a metric',
  Place: 'open: the cohort of a user; places in a chain, a ring, a file and on the screen',
  Question: 'open: of a prompt; of a confirmation',
  Reading: 'open: what the console shows; the result of reading a file',
  Recording: 'open: a recording for the judge; a recording for replay',
  Reply: 'open: of the judge; of Prometheus',
  Standing: 'open: whether a router obeys; where a value stands',
  TlsFiles: 'open: of HTTP clients; of stores',
  isAway: 'open: Prometheus; a side',
  keyOf: 'open: five kinds of keys',
  keyText: 'open: a key of YAML; a key of the keyboard',
  load: 'open: of lazy modules; of a checkpoint',
  percent: 'open: a leaf of a plan; a formatted percent',
  question: 'open: of a verb; of a confirmation',
  rangeOf: 'open: of a place in a file; of a chart',
  written: 'open: a flag as typed; a number as written',
};
