import prettyMs from 'pretty-ms';
import {plainText} from '../analysis/plain-text.ts';
import {setPercent} from '../console/present/format.ts';
import type {Plan} from '../release/plan.ts';

/** A line for each phase: when it is entered at the earliest, its percent, how long it lasts. */
export function timetable({phases}: Plan): string[] {
  let from: number | null = 0;
  const rows: string[][] = [];
  for (const [index, phase] of phases.entries()) {
    const {name, percent, durationMs, audience, manual} = phase;
    rows.push([
      `${index + 1}`,
      plainText(name, 40),
      setPercent(percent),
      from === null ? 'when told' : `after ${duration(from)}`,
      durationMs === null ? 'until told' : `for ${duration(durationMs)}`,
      [audience === null ? '' : 'inside its audience', manual ? 'left by a person' : '']
        .filter(Boolean)
        .join(', '),
    ]);
    from = from === null || durationMs === null || manual ? null : from + durationMs;
  }
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function duration(ms: number): string {
  return ms === 0 ? '0' : prettyMs(ms, {unitCount: 2});
}
