/**
 * Index of the first row that is shown: rows stand still while new ones arrive above, and the picked row stays in sight.
 * @param top the row that was shown first; null: the newest is.
 * @param picked index of the picked row; -1: none.
 */
export function firstShown(ids: readonly string[], top: string | null, picked: number, room: number): number {
  const most = Math.max(0, ids.length - room);
  const start = Math.min(most, top === null ? 0 : Math.max(0, ids.indexOf(top)));
  if (picked < 0) return start;
  return Math.min(most, Math.max(picked - room + 1, Math.min(start, picked)));
}
