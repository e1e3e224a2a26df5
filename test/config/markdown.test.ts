import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {mistakeInPlan} from '../../source/release/plan-shape.ts';
import {planTemplate, TEMPLATE_NAMES} from '../../source/config/plan/templates.ts';
import {checkPart, readPlan} from '../../source/config/plan/plan-file.ts';
import {mistakeLines} from '../../source/config/yaml/mistake.ts';

const seed = (name: string) =>
  readFileSync(new URL(`../../fixtures/plans/seed-${name}.yaml`, import.meta.url), 'utf8');

/** A guide that holds plans in pieces, as guides do. */
const guide = `# How we release

- **small steps**: and a way back
- [phases](#phases): 1, 2, 3

\`\`\`bash
./release.sh: not yaml
\`\`\`

## Groups

\`\`\`yaml
${seed('user-groups')}
\`\`\`

~~~~ YML title="limits"
${seed('rollback-conditions')}
~~~~

\`\`\`yaml
services: {web: {image: nginx}}
\`\`\`
`;

describe('the yaml blocks of a Markdown file', () => {
  test.each(['guide.md', 'guide.txt', 'stdin', 'guide.yaml'])('are one plan, whatever its name: %s', name => {
    const part = checkPart(guide, name);
    if (!part.ok) throw new Error(part.mistakes.flatMap(mistakeLines).join('\n'));
    expect(part.needs).toEqual(['phases']);
    expect(Object.keys(part.plan.groups)).toEqual(['internal', 'beta_users', 'regular_users']);
    expect(part.plan.guardrails).toHaveLength(3);
    expect(part.plan.name).toBe(name === 'stdin' ? 'stdin' : 'guide');
  });

  test('merge with phases to a whole plan', () => {
    const whole = readPlan(`${guide}\n\`\`\`yaml\n${seed('five-phases')}\`\`\`\n`, 'guide.md');
    expect(whole.ok && whole.plan.phases).toHaveLength(5);
    // The group of the guide is the one that the phases mean.
    expect(whole.ok && whole.plan.phases[0]?.include.rules).toEqual([{group: 'internal'}]);
  });

  test('alone are no plan to start with, and the place is in the file', () => {
    const whole = readPlan(guide, 'guide.md');
    expect(whole.ok ? [] : whole.mistakes.map(({message}) => message)).toEqual(['the plan has no phases']);
  });

  test('without any key of a plan are passed over with a warning', () => {
    const part = checkPart(guide, 'guide.md');
    const line = guide.split('\n').findIndex(text => text.startsWith('services:')) + 1;
    expect(part.ok && part.warnings).toMatchObject([{line, column: 1, found: 'services'}]);
  });

  test('keep their lines and columns in mistakes', () => {
    const text = guide.replace('error_rate', 'eror_rate');
    const line = text.split('\n').findIndex(one => one.includes('eror_rate')) + 1;
    const part = checkPart(text, 'guide.md');
    expect(part.ok ? [] : part.mistakes).toMatchObject([{file: 'guide.md', line, column: 13}]);
  });

  test('that have the same key are a mistake', () => {
    const block = '```yaml\npresets: [seed-pause]\n```\n';
    const part = checkPart(`${block}\ntext\n\n${block}`, 'a.md');
    expect(part.ok ? [] : part.mistakes.map(({line, message}) => [line, message])).toEqual([
      [8, '"presets" stands here twice; the earlier one would be lost'],
    ]);
  });

  test('that nothing closes reach to the end; a block that is no YAML is told', () => {
    expect(checkPart('text\n\n```yaml\npresets: [seed-pause]\n', 'a.md').ok).toBe(true);
    const broken = checkPart('text: [\n\n```yaml\npresets: [seed-pause\n```\n', 'a.md');
    expect(broken.ok ? [] : broken.mistakes.map(({line, column}) => [line, column])).toEqual([[4, 10]]);
  });

  test('may be quoted in a plan, which stays YAML', () => {
    const text = 'checklist:\n  - |-\n   read\n\n   ```yaml\n   a: b\n   ```\npresets: [seed-pause]\n';
    const part = checkPart(text, 'a.yaml');
    expect(part.ok ? [] : part.mistakes.map(({message}) => message)).toEqual([
      'this is not one line of text',
    ]);
  });
});

describe('a plan to begin with', () => {
  test.each(TEMPLATE_NAMES.flatMap(name => [[name, 'en'] as const, [name, 'zh'] as const]))(
    '%s in %s can be put into effect, with no warning',
    (name, lang) => {
      const text = planTemplate(name, lang);
      const reading = readPlan(text, `${name}.yaml`);
      if (!reading.ok) throw new Error(reading.mistakes.flatMap(mistakeLines).join('\n'));
      expect(reading.warnings.flatMap(mistakeLines)).toEqual([]);
      expect(mistakeInPlan(reading.plan)).toBeNull();
      expect(text).not.toMatch(/# \{/u);
      expect(text.match(/^ *# /gmu)?.length).toBeGreaterThan(5);
    },
  );

  test.each(TEMPLATE_NAMES)('%s is not held by an availability that the service does not measure', name => {
    const reading = readPlan(planTemplate(name, 'en'), `${name}.yaml`);
    if (!reading.ok) throw new Error('not read');
    const rules = reading.plan.guardrails.filter(({when}) => when.metric === 'availability');
    expect(rules.map(({whenUnknown}) => whenUnknown)).toEqual(['ignore']);
  });
});
