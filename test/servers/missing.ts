/**
 * What the tests of this process could not run against, and what that leaves unproved. Empty is the aim: in CI a
 * missing server is an error, and never ends up here.
 */
const missing: string[] = [];

/** Notes a server that is not installed. @throws in CI */
export function noteMissing(program: string, unproved: string): void {
  const note = `${program} is not installed: ${unproved} is not proved here.`;
  if (process.env['CI']) throw new Error(note);
  if (missing.includes(note)) return;
  missing.push(note);
  process.stderr.write(`\nSKIPPED: ${note}\n`);
}
