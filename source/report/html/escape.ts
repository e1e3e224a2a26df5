const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that HTML reads as nothing but text, inside elements and quoted attributes; without controls and direction marks. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/(?![\n\t\u200C\u200D])[\p{Cc}\p{Cf}]/gu, '')
    .replaceAll(/[&<>"']/gu, sign => ENTITIES[sign] ?? '');
}
