import {Text} from 'ink';
import {createContext, memo, use, type ReactNode} from 'react';
import type {Line} from '../present/line.ts';
import {COLORS, type Theme} from '../theme.ts';

/** How tones look on this terminal. */
export const ThemeOfTones = createContext<Theme>(COLORS);

function isSameLine(a: Line, b: Line): boolean {
  if (a.length !== b.length) return false;
  return a.every((piece, index) => piece.text === b[index]?.text && piece.tone === b[index].tone);
}

/** One row. Ink measures and colours it again only when its words or tones changed. */
export const LineView = memo(
  function LineView({line}: {line: Line}): ReactNode {
    const theme = use(ThemeOfTones);
    return (
      <Text wrap="truncate-end">
        {line.map(({text, tone}, index) =>
          tone === 'plain' ? (
            text
          ) : (
            // Pieces have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <Text key={index} {...theme[tone]}>
              {text}
            </Text>
          ),
        )}
      </Text>
    );
  },
  (before, after) => isSameLine(before.line, after.line),
);

/** Rows below each other. */
export function Lines({lines}: {lines: readonly Line[]}): ReactNode {
  return lines.map((line, index) => (
    // Rows are places on the screen.
    // oxlint-disable-next-line react/no-array-index-key
    <LineView key={index} line={line} />
  ));
}
