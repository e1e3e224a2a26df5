/** `45 s`, `14 min`, `18 h`, `3 days`: how long a stretch of time is, milliseconds. */
function length(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 180) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** English: charts and the time that they show. */
export const enChart = {
  title: (metric: string) => metric.toUpperCase(),
  length,
  /** What time is shown. `from`, `to`: moments as text. */
  time: {
    release: (ms: number) => `last ${length(ms)}, since the release began`,
    ended: (ms: number, from: string, to: string) => `${from} to ${to}, the whole release`,
    recent: (ms: number) => `last ${length(ms)}`,
    part: (ms: number, from: string, to: string) => `${length(ms)}, ${from} to ${to}`,
  },
  every: (ms: number) => `a value every ${length(ms)}`,
  zoomed: (ms: number) => `charts show the last ${length(ms)}: W shows more`,
  zoomedOut: 'charts show the whole release: w shows less',
  allShown: 'the whole release is shown: w shows a part of it, which , and . move',
  cursor: (at: string) => `at ${at}`,
  noShorter: 'a minute is the shortest history',
  noLonger: 'that is all there is',
  limit: (side: 'above' | 'below', value: string, then: 'rollback' | 'pause' | 'alert' | 'wait') =>
    then === 'wait'
      ? `next phase needs ${side === 'above' ? '<' : '>'} ${value}`
      : `${then} ${side} ${value}`,
};
