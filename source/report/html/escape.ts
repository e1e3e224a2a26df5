const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Escapes a text for HTML elements and quoted attributes, and removes control characters and direction marks.
 */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/(?![\n\t\u200C\u200D])[\p{Cc}\p{Cf}]/gu, '')
    .replaceAll(/[&<>"']/gu, sign => ENTITIES[sign] ?? '');
}
