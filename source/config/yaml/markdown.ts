import {isMap, isScalar, parseDocument} from 'yaml';

const FENCE = /^ {0,3}(?<fence>`{3,}|~{3,})[ \t]*(?<word>[^\s`{]*)/u;

/** A block of a Markdown file that was passed over. */
export interface PassedOver {
  /** Offset of its first line in the YAML. */
  offset: number;
  /** Its keys. */
  keys: string[];
}

/**
 * The YAML in a Markdown file: the text with every line outside of its `yaml` blocks emptied, so that each letter keeps
 * its line and column. Blocks without any of the known keys are emptied as well and named. Null: not a Markdown file
 * with such blocks.
 */
export function yamlOfMarkdown(
  text: string,
  known: ReadonlySet<string>,
): {yaml: string; passedOver: PassedOver[]} | null {
  if (!/^ {0,3}(?:`{3,}|~{3,})[ \t]*ya?ml\b/imu.test(text) || isYaml(text)) return null;
  const lines = text.split('\n');
  const kept = lines.map(() => '');
  const skipped: {first: number; keys: string[]}[] = [];
  for (const [first, end] of blocksOf(lines)) {
    const block = lines.slice(first, end);
    const keys = keysOf(block.join('\n'));
    if (keys === null || keys.some(key => known.has(key))) kept.splice(first, block.length, ...block);
    else skipped.push({first, keys});
  }
  const offsetOf = (line: number) => kept.slice(0, line).join('\n').length + 1;
  return {
    yaml: kept.join('\n'),
    passedOver: skipped.map(({first, keys}) => ({offset: offsetOf(first), keys})),
  };
}

/** First line and line after the last of each `yaml` block. A block that nothing closes reaches to the end. */
function blocksOf(lines: readonly string[]): [first: number, end: number][] {
  const blocks: [number, number][] = [];
  let open: {fence: string; first: number; isYaml: boolean} | null = null;
  const close = (end: number) => {
    if (open?.isYaml === true) blocks.push([open.first, end]);
    open = null;
  };
  for (const [index, line] of lines.entries()) {
    const {fence, word} = FENCE.exec(line)?.groups ?? {};
    if (open === null) {
      if (fence !== undefined) open = {fence, first: index + 1, isYaml: /^ya?ml$/iu.test(word ?? '')};
    } else if (fence?.startsWith(open.fence) === true && word === '') close(index);
  }
  close(lines.length);
  return blocks;
}

/** Whether the whole text is a mapping in YAML, which may quote Markdown. */
function isYaml(text: string): boolean {
  const {errors, contents} = parseDocument(text, {uniqueKeys: false, logLevel: 'error'});
  return errors.length === 0 && isMap(contents);
}

/** The keys of a block; null where it holds none or cannot be read, so that its mistakes are told. */
function keysOf(block: string): string[] | null {
  const {errors, contents} = parseDocument(block, {uniqueKeys: false, logLevel: 'error'});
  if (errors.length > 0 || !isMap(contents)) return null;
  return contents.items.map(({key}) => (isScalar(key) ? String(key.value) : ''));
}
