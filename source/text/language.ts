/** Languages that every sentence for users exists in. */
export type Language = 'en' | 'zh';

/** `wanted`, else the language of the environment where it is one we have, else English. */
export function languageOf(
  wanted: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Language {
  if (wanted === 'en' || wanted === 'zh') return wanted;
  const set = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return set.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
