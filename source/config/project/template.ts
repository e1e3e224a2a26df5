import type {Language} from '../../text/language.ts';

/** What `graydeck init` asks about a project. */
export interface ProjectAnswers {
  feature: string;
  /** Address of the store, without a password. */
  store: string;
  /** Who moves users: the SDK in the application, an nginx in front of it, or something else. */
  router: 'sdk' | 'nginx' | 'other';
  /** Address of Prometheus; empty: none. */
  prometheus: string;
  /** Path of the plan, from the project file. */
  plan: string;
}

const WORDS = {
  en: {
    head: 'The project file of Graydeck: every command reads it from the folder that it runs in. Keys: graydeck help project.',
    feature: 'The feature that is released.',
    store: 'Where the log, samples and reports are. A password never stands here: graydeck help redis.',
    plan: 'The plan of a release. graydeck plan show prints it in words.',
    sdk: 'The SDK in the application decides and measures: graydeck help sdk.',
    nginx: 'The nginx that graydeck agent drives: graydeck help nginx.',
    include: 'Written by the agent; your http block includes it.',
    user: 'What names a user; without it the address of the client counts.',
    upstreams: 'Names of your upstreams.',
    shutdown: 'worker_shutdown_timeout of your site.',
    other: 'Another router sends its samples by itself: graydeck help begin.',
    prometheus: 'Numbers that Prometheus has already: graydeck help prometheus.',
    noPrometheus: 'Where Prometheus answers, if there is one.',
    channels: 'Who is notified: graydeck help notifications.',
    hooks: 'Programs that hooks of a plan may run on this host: graydeck help hooks.',
  },
  zh: {
    head: 'Graydeck 项目文件：每个命令都从当前目录读取它。所有键：graydeck help project。',
    feature: '要发布的特性。',
    store: '日志、样本和报告存放的地方。密码从不写在这里：graydeck help redis。',
    plan: '发布的计划。graydeck plan show 用文字说明它。',
    sdk: '应用中的 SDK 负责分流和测量：graydeck help sdk。',
    nginx: '由 graydeck agent 维护的 nginx：graydeck help nginx。',
    include: '由 agent 写入；你的 http 块引用它。',
    user: '用户的标识；没有时使用客户端地址。',
    upstreams: '你的 upstream 的名称。',
    shutdown: '你的站点的 worker_shutdown_timeout。',
    other: '其他路由器自行发送样本：graydeck help begin。',
    prometheus: 'Prometheus 已有的数字：graydeck help prometheus。',
    noPrometheus: 'Prometheus 的地址，如果有的话。',
    channels: '通知谁：graydeck help notifications。',
    hooks: '计划的钩子可以在本机运行的程序：graydeck help hooks。',
  },
} satisfies Record<Language, Record<string, string>>;

/** The text of a project file with comments. */
export function projectTemplate(answers: ProjectAnswers, lang: Language): string {
  const {feature, store, router, prometheus, plan} = answers;
  const words = WORDS[lang];
  const routed =
    router === 'nginx'
      ? `# ${words.nginx}
nginx:
  # ${words.include}
  include: graydeck.conf
  # ${words.user}
  user: {header: x-user-id}
  # ${words.upstreams}
  features:
    ${feature}: {prod: ${feature}_prod, gray: ${feature}_gray}
  # ${words.shutdown}
  shutdown: 5s`
      : `# ${router === 'sdk' ? words.sdk : words.other}`;
  const measured =
    prometheus === ''
      ? `# ${words.noPrometheus}\n# prometheus: http://127.0.0.1:9090`
      : `# ${words.prometheus}\nprometheus: ${JSON.stringify(prometheus)}`;
  return `# ${words.head}

# ${words.feature}
feature: ${feature}

# ${words.store}
store: ${JSON.stringify(store)}

# ${words.plan}
plan: ${plan}

${routed}

${measured}

# ${words.channels}
# channels:
#   slack: {url: "\${SLACK_WEBHOOK}"}

# ${words.hooks}
# hooks: {allow: [/opt/deploy/*]}
`;
}
