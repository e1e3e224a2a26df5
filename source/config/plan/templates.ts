import type {Language} from '../../text/language.ts';

/** Plans that `plan new` prints. */
export const TEMPLATE_NAMES = ['seed-four', 'seed-five', 'ramp'] as const;
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

const WORDS = {
  en: {
    head: 'A plan of Graydeck. graydeck plan check FILE finds every mistake, graydeck plan show FILE reads it back in words.',
    keys: 'All keys: graydeck schema plan, and source/docs/plan.md.',
    name: 'Name of the plan.',
    phases:
      'Each phase gives gray to more users. A phase is left after its time, once its criteria are shown to hold.',
    internal: 'Only the people of a group.',
    include: 'These people get gray whatever the percentage.',
    last: 'The last phase gives gray to everyone.',
    needs: 'Opens only if each criterion above held when its phase was left.',
    ramp: 'Equal steps. A step is left after its time while gray does no harm.',
    equal: 'hold stays on a step until gray is shown to be better than prod.',
    guardrails: 'Limits that are watched in every phase.',
    presets: 'Ready limits: graydeck help conditions.',
    availability:
      'Known only by `unavailable` of samples or by Prometheus. While it is unknown it holds nothing back.',
    groups: 'Groups of people by their attributes.',
    hooks: 'Programs that the steps of a release run. No shell reads them.',
    complete: 'auto completes by itself after the last phase, manual waits for: graydeck complete',
    stale: 'A router that cannot reach the store goes back to prod, or keeps its sides.',
  },
  zh: {
    head: 'Graydeck 计划。graydeck plan check 文件 找出所有错误，graydeck plan show 文件 用文字说明。',
    keys: '全部键：graydeck schema plan，以及 source/docs/plan.md。',
    name: '计划的名称。',
    phases: '每个阶段让更多用户使用灰度。时间已到且条件被证明成立后离开该阶段。',
    internal: '仅限某个分组的用户。',
    include: '无论百分比多少，这些用户都使用灰度。',
    last: '最后一个阶段让所有人使用灰度。',
    needs: '仅当以上每个条件在离开其阶段时都成立，才进入该阶段。',
    ramp: '等步递增。时间已到且灰度没有造成损害时离开该步。',
    equal: 'hold：在证明灰度优于生产之前停在该步。',
    guardrails: '在每个阶段都监视的限值。',
    presets: '现成的限值：graydeck help conditions。',
    availability: '只有样本的 unavailable 或 Prometheus 才能提供。未知时不阻止发布。',
    groups: '按属性划分的用户分组。',
    hooks: '发布步骤运行的程序。不经过 shell。',
    complete: 'auto 在最后一个阶段之后自动完成，manual 等待：graydeck complete',
    stale: '无法连接存储的路由器退回生产，或保持原状。',
  },
} satisfies Record<Language, Record<string, string>>;
type Word = keyof (typeof WORDS)['en'];

/** `# {word}` stands for a comment. */
const TEXTS: Record<TemplateName, string> = {
  'seed-four': `
# {name}
name: four-phases

# {phases}
phases:
  - name: alpha
    percent: 5
    duration: 24h
    # {internal}
    audience: internal
  - name: beta
    percent: 20
    duration: 48h
    # {include}
    include: {groups: [internal]}
    criteria:
      - error_rate < 1 %
      - response_time_p95 < 1.5x prod
  - {name: gamma, percent: 50, duration: 72h, criteria: ["error_rate < 1 %"]}
  # {last}
  - {name: production, percent: 100}

# {groups}
groups:
  internal: {any: [{user_type: admin}, {user_type: internal_tester}]}

# {presets}
presets: [outage]
# {guardrails}
guardrails:
  - {when: "error_rate > 10 %", for: 5m, then: rollback}
  - {when: "response_time_p95 > 5000 ms", for: 10m, then: rollback}
  # {availability}
  - {when: "availability < 99 %", for: 5m, then: rollback, whenUnknown: ignore}
  - {when: "error_rate > 5 %", for: 1m, then: pause}

# {hooks}
# hooks:
#   deploy: [./deploy.sh, --side, gray]
#   promote: [./promote.sh]

# {complete}
complete: manual
# {stale}
whenStale: prod
`,
  'seed-five': `
# {name}
name: five-phases

# {phases}
phases:
  - name: 内部测试
    percent: 0
    duration: 2天
    # {include}
    include: {users: [1001, 1002, 1003], groups: [internal]}
  - {name: 小规模灰度, percent: 1 %, duration: 1天, criteria: ["error_rate < 0.1 %", "response_time < 200 ms"]}
  - {name: 中等规模灰度, percent: 10, duration: 2天, criteria: ["error_rate < 0.5 %", "conversion_rate improvement > 1 %"]}
  - {name: 大规模灰度, percent: 50, duration: 3天, criteria: ["error_rate < 1 %", "user_satisfaction > 4.5"]}
  # {last}
  - name: 全面上线
    percent: 100
    duration: 即时
    # {needs}
    needsEarlierCriteria: true

# {groups}
groups:
  internal: {user_type: internal}

# {presets}
presets: [outage]
# {guardrails}
guardrails:
  - {when: "error_rate > 10 %", for: 5m, then: rollback}
  - {when: "response_time_p95 > 5000 ms", for: 10m, then: rollback}
  # {availability}
  - {when: "availability < 99 %", for: 5m, then: rollback, whenUnknown: ignore}

# {complete}
complete: manual
`,
  ramp: `
# {name}
name: ramp

# {ramp}
ramp:
  step: 10 %
  every: 30s
  # {equal}
  equal: advance

# {presets}
presets: [seed-pause, seed-alerts, outage]
# {guardrails}
guardrails:
  - {when: "error_rate > 10 %", for: 5m, then: rollback}
  - {when: "response_time_p95 > 5000 ms", for: 10m, then: rollback}
  # {availability}
  - {when: "availability < 99 %", for: 5m, then: rollback, whenUnknown: ignore}

# {complete}
complete: manual
`,
};

/** A plan with comments, ready to be changed. */
export function planTemplate(name: TemplateName, lang: Language): string {
  const words = WORDS[lang];
  const body = TEXTS[name].replace(/\{(?<word>\w+)\}$/gmu, (whole, word: string) =>
    word in words ? words[word as Word] : whole,
  );
  return `# ${words.head}\n# ${words.keys}\n${body}`;
}
