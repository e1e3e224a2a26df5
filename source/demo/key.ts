import type {DemoService} from './service.ts';
import {DEMO_WORDS} from './words.ts';

/** The demo's own key: makes gray fail or recover, and shows when it fails by itself. */
export function demoKey(service: DemoService, now: () => number, lang: 'en' | 'zh') {
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
