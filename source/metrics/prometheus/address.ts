/** Names that Prometheus gives a meaning of their own to: in an address they would change every question. */
const TAKEN: ReadonlySet<string> = new Set(['query', 'time', 'timeout', 'start', 'end', 'step', 'match[]']);

/** Why an address of HTTP cannot be the one of Prometheus; null: it can. */
export function lackOfAddress(url: URL): string | null {
  const taken = [...url.searchParams.keys()].find(name => TAKEN.has(name));
  if (taken !== undefined) return `the address holds ${taken}=, which belongs to each question`;
  return url.hash === '' ? null : 'the address holds #, and what follows it is never sent';
}
