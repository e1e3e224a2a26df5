/** Languages a plan is read back in. */
export type Lang = 'en' | 'zh';
