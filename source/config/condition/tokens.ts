/** A piece of a condition and its offset in the text. */
export interface Token {
  kind: 'sign' | 'number' | 'word';
  text: string;
  at: number;
}

const METRIC = /^\s*(?<metric>[^\s<>=!≤≥≠]+)/u;
const PIECE =
  /(?<sign>[<>=!≤≥≠]+)|(?<number>[-+]?(?:\d+(?:[.,]\d+)*|\.\d+))|(?<word>[%‰]|\/\s*\p{L}+|[^\s<>=!≤≥≠\d%‰]+)/gu;

/** Full-width signs as an input method writes them: `＜ ５％`. One letter for one letter, so that offsets stay. */
function halfWidth(text: string): string {
  return text
    .replace(/[\u{ff01}-\u{ff5e}]/gu, letter => String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0xfee0))
    .replaceAll('\u3000', ' ');
}

/** The name of the metric, which may hold digits, and the pieces after it. */
export function tokensOf(text: string): {metric: Token | null; rest: Token[]} {
  const plain = halfWidth(text);
  const match = METRIC.exec(plain);
  const metric = match?.groups?.['metric'];
  if (match === null || metric === undefined) return {metric: null, rest: []};
  const start = match[0].length;
  const rest = [...plain.slice(start).matchAll(PIECE)].map((piece): Token => {
    const kind =
      piece.groups?.['sign'] !== undefined
        ? 'sign'
        : piece.groups?.['number'] !== undefined
          ? 'number'
          : 'word';
    return {kind, text: piece[0], at: start + piece.index};
  });
  return {metric: {kind: 'word', text: metric, at: start - metric.length}, rest};
}
