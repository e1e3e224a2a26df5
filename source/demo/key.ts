import type {DemoService} from './service.ts';
import type {Language} from '../text/language.ts';

/** The demo's own key: makes gray fail or recover, and shows when it fails by itself. */
export function demoKey(service: DemoService, now: () => number, lang: Language) {
  const words = DEMO_WORDS[lang];
  return {
    key: 'x',
    get label(): string {
      if (service.isFailing()) return words.heals;
      const failsAt = service.failsAt();
      return words.breaks(failsAt === null ? null : clock(failsAt - now()));
    },
    run(): string {
      service.toggle();
      return service.isFailing() ? words.failing : words.recovering;
    },
  };
}

function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Texts of the demo's own key. */
interface DemoWords {
  /** Label while gray is well. @param left time until it fails by itself; null if not planned */
  breaks(left: string | null): string;
  /** Label while gray fails. */
  heals: string;
  failing: string;
  recovering: string;
}

const DEMO_WORDS: Record<Language, DemoWords> = {
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
