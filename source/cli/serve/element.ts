import {readFile} from 'node:fs/promises';

/** The web component, seen from the chunk that holds this file. The build sets it; without a build it is undefined. */
declare const GRAYDECK_ELEMENT: string | undefined;

/** The source of `<graydeck-feedback>`, which pages load from the server; undefined: it is not installed. */
export async function readElement(): Promise<{element: string} | Record<string, never>> {
  const path = typeof GRAYDECK_ELEMENT === 'string' ? GRAYDECK_ELEMENT : '../../element/feedback-element.js';
  const element = await readFile(new URL(path, import.meta.url), 'utf8').catch(() => null);
  return element === null ? {} : {element};
}
