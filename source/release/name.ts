const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Whether text may stand as a version or a name: not empty, short, nothing a terminal or a file would act on. */
export function isName(text: unknown, maxLength = 128): text is string {
  return typeof text === 'string' && text.trim() !== '' && text.length <= maxLength && !CONTROL.test(text);
}

const FEATURE = /^[a-z0-9][a-z0-9_-]{0,63}$/u;

/** Whether text may name a feature: it stands in keys of a store. */
export function isFeatureName(text: unknown): text is string {
  return typeof text === 'string' && FEATURE.test(text);
}

/** Whether text may be the id of a release, an alert or a silence. */
export function isId(text: unknown): text is string {
  return isName(text, 64);
}
