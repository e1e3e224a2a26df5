/**
 * Calls `act` once `ms` have passed, unless the function it returns was called. What has arrived by then is read first:
 * a process that was busy for so long, or not given a core, would else take an answer that lies there for none.
 */
export function deadline(ms: number, act: () => void): () => void {
  let look: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    look = setImmediate(act);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(look);
  };
}
