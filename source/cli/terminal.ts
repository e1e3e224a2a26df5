/** Whether a console can be drawn and keys be read here. */
export function hasTerminal(env: Readonly<Record<string, string | undefined>>): boolean {
  const isCi = !['', '0', 'false'].includes(env['CI'] ?? '');
  return process.stdin.isTTY && process.stdout.isTTY && env['TERM'] !== 'dumb' && !isCi;
}
