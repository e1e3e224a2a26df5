import type {Language} from '../../text/language.ts';

/** What `init` asks and says. */
export const WORDS = {
  en: {
    feature: 'Which feature is released?',
    store: 'Where is the store? (redis://HOST:PORT/0, or sqlite:PATH for this host alone)',
    plan: 'Which plan to begin with?',
    plans: {
      'seed-four': 'four phases by time: 5, 20, 50, 100 %',
      'seed-five': 'five phases with criteria: internal users first, then 1, 10, 50, 100 %',
      ramp: 'equal steps, each as long as gray does no harm',
    },
    router: 'What moves the users?',
    routers: {
      sdk: 'the SDK in the application',
      nginx: 'an nginx in front of it',
      other: 'something else, which sends samples by itself',
    },
    prometheus: 'Where is Prometheus? (empty: there is none)',
    written: (files: string) => `written: ${files}`,
    next: 'next: graydeck doctor, then graydeck start VERSION',
  },
  zh: {
    feature: '要发布哪个特性？',
    store: '存储在哪里？（redis://主机:端口/0，或仅用于本机的 sqlite:路径）',
    plan: '从哪个计划开始？',
    plans: {
      'seed-four': '按时间分四个阶段：5、20、50、100 %',
      'seed-five': '带条件的五个阶段：先内部用户，再 1、10、50、100 %',
      ramp: '等步递增，只要灰度没有造成损害',
    },
    router: '由什么分流用户？',
    routers: {
      sdk: '应用中的 SDK',
      nginx: '应用前面的 nginx',
      other: '其他程序，自行发送样本',
    },
    prometheus: 'Prometheus 在哪里？（留空：没有）',
    written: (files: string) => `已写入：${files}`,
    next: '下一步：graydeck doctor，然后 graydeck start 版本',
  },
} satisfies Record<Language, unknown>;
