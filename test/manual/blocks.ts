/**
 * Code blocks of README and manual, and how a test runs those with commands. The words after the language say how:
 * nothing, the block ends by itself; `stays`, its last command runs on while the next blocks run; `not run: REASON`.
 */
export interface Block {
  /** First line of its code, counted from 1. */
  line: number;
  language: string;
  how: string;
  code: string;
}

/** The code blocks of a Markdown text. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^\s*```(?<language>\w*)(?<how>.*)$/u.exec(line)?.groups;
    if (fence === undefined) {
      if (open !== null) open.code += `${line}\n`;
    } else if (open === null) {
      open = {line: index + 2, language: fence['language'] ?? '', how: (fence['how'] ?? '').trim(), code: ''};
    } else {
      blocks.push(open);
      open = null;
    }
  }
  return blocks;
}

/** The reason why a block is not run; null if it is run, empty if it gives no reason. */
export function reasonNotToRun({how}: Block): string | null {
  return /^not run:?(?<reason>.*)$/u.exec(how)?.groups?.['reason']?.trim() ?? null;
}

/** A bash script that runs the blocks of a page one after the other, and ends each process that stays. */
export function scriptOf(blocks: readonly Block[]): string {
  const parts = blocks.map(({line, how, code}) =>
    how === 'stays' ? staying(line, code) : `echo "== line ${line}" >&2\n${code}`,
  );
  return `set -euo pipefail
stays=""
end() { for pid in $stays; do kill -TERM "$pid" 2>/dev/null || true; done; }
trap end EXIT
${parts.join('\n')}
end
for pid in $stays; do
  code=0; wait "$pid" || code=$?
  # 143: ended by the signal. 5: the lines of a release that was rolled back have come to their end.
  case "$code" in 0|5|143) ;; *) echo "a process that stays ended with $code" >&2; exit 1;; esac
done
stays=""
`;
}

/** Starts the block, and goes on once its process has said something. */
function staying(line: number, code: string): string {
  const lines = code.trim().split('\n');
  const last = lines.pop() ?? '';
  return `echo "== line ${line}, stays" >&2
( ${lines.join('\n')}
exec ${last} ) >stays-${line}.txt 2>&1 &
stays="$stays $!"
until [ -s stays-${line}.txt ]; do kill -0 $! || exit 1; sleep 0.05; done
`;
}
