/** Texts of the demo's own key. */
export interface DemoWords {
  /** Label while gray is well. @param left time until it fails by itself; null if not planned */
  breaks(left: string | null): string;
  /** Label while gray fails. */
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
