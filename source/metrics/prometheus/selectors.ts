/** Words of PromQL that are no metrics. */
const KEYWORDS = new Set(
  'and or unless atan2 by without on ignoring group_left group_right bool offset start end inf nan'.split(
    ' ',
  ),
);
/** Words that a list of labels follows. */
const BEFORE_LABELS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);

const TOKEN =
  /(?<space>\s+|#[^\n]*)|(?<text>"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|`[^`]*`)|(?<range>\[[^\]]*\])|(?<number>[\d.][\w.]*)|(?<word>[A-Za-z_:][\w:]*)|(?<sign>[^])/gu;

/** The series a query reads, as selectors: `node_load1{side="gray"}`. Each once; none where it reads none. */
export function selectorsOf(query: string): string[] {
  const tokens = [...query.matchAll(TOKEN)].filter(({groups}) => groups?.['space'] === undefined);
  const found = new Set<string>();
  let labelDepth = 0;
  for (let index = 0; index < tokens.length; index++) {
    const {0: token = '', groups} = tokens[index] ?? {};
    const next = tokens[index + 1]?.[0];
    if (labelDepth > 0) {
      if (token === ')') labelDepth = 0;
      continue;
    }
    const word = groups?.['word'];
    if (word !== undefined && BEFORE_LABELS.has(word.toLowerCase())) {
      if (next === '(') labelDepth = 1;
      continue;
    }
    // A function, or an aggregation whose labels come first.
    const isCalled = next === '(' || next === 'by' || next === 'without';
    if (word !== undefined && (isCalled || KEYWORDS.has(word.toLowerCase()))) continue;
    if (word === undefined && token !== '{') continue;
    const from = word === undefined ? index : index + 1;
    const braces = tokens[from]?.[0] === '{' ? closing(tokens, from) : null;
    const matchers =
      braces === null
        ? ''
        : tokens
            .slice(from, braces + 1)
            .map(([text]) => text)
            .join('');
    found.add(`${word ?? ''}${matchers}`);
    if (braces !== null) index = braces;
  }
  return [...found];
}

function closing(tokens: readonly RegExpExecArray[], from: number): number {
  const end = tokens.findIndex(([text], index) => index > from && text === '}');
  return end < 0 ? tokens.length - 1 : end;
}

/**
 * When the newest sample behind a query was taken, in seconds since 1970: of several selectors the one that lags most
 * counts. Null where the query reads no series.
 * @param wide also finds series that have gone stale meanwhile, within so many milliseconds; costs more
 */
export function freshnessQuery(query: string, wide?: {withinMs: number; stepMs: number}): string | null {
  const newest = selectorsOf(query).map(selector => {
    if (wide === undefined) return `max(timestamp(${selector}))`;
    return `max(max_over_time(timestamp(${selector})[${wide.withinMs}ms:${wide.stepMs}ms]))`;
  });
  if (newest.length <= 1) return newest[0] ?? null;
  const parts = newest.map((part, index) => `label_replace(${part}, "part", "${index}", "", "")`);
  return `min(${parts.join(' or ')})`;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

/** The longest time a query looks back over, milliseconds: `rate(x[5m])` 300 000; 0 where it does not. */
export function longestRangeMs(query: string): number {
  const ranges = [...query.matchAll(TOKEN)].flatMap(({groups}) => groups?.['range']?.split(':')[0] ?? []);
  const lengths = ranges.map(range =>
    [...range.matchAll(/(?<count>\d+)(?<unit>ms|[smhdwy])/gu)].reduce(
      (sum, {groups}) => sum + Number(groups?.['count']) * (UNITS_MS[groups?.['unit'] ?? ''] ?? 0),
      0,
    ),
  );
  return Math.max(0, ...lengths);
}
