/** Languages the screen speaks. */
export type Language = 'en' | 'zh';
