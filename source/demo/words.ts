/** What the demo's own key says, in the languages of the console. */
export interface DemoWords {
  /** On the key, while gray is well; `left`: time until it fails by itself, null when it does not. */
  breaks(left: string | null): string;
  /** On the key, while gray fails. */
  heals: string;
  failing: string;
  recovering: string;
}

export const DEMO_WORDS: Record<'en' | 'zh', DemoWords> = {
  en: {
    breaks: left => (left === null ? 'break gray' : `break gray (${left})`),
    heals: 'heal gray',
    failing: 'gray begins to fail',
    recovering: 'gray recovers',
  },
  zh: {
    breaks: left => (left === null ? '让灰度出错' : `让灰度出错（${left}）`),
    heals: '恢复灰度',
    failing: '灰度版本开始出错',
    recovering: '灰度版本恢复',
  },
};
