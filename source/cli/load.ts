import type {Run} from './call.ts';
import type {VerbFile} from './command-line/verb.ts';

const FILES: Record<VerbFile, () => Promise<{run: Run}>> = {
  watch: () => import('./verbs/watch.ts'),
  demo: () => import('./verbs/demo.ts'),
  start: () => import('./verbs/start.ts'),
  set: () => import('./verbs/set.ts'),
  next: () => import('./verbs/next.ts'),
  pause: () => import('./verbs/pause.ts'),
  retry: () => import('./verbs/retry.ts'),
  rollback: () => import('./verbs/rollback.ts'),
  complete: () => import('./verbs/complete.ts'),
  audience: () => import('./verbs/audience.ts'),
  status: () => import('./verbs/status.ts'),
  log: () => import('./verbs/log.ts'),
  disable: () => import('./verbs/disable.ts'),
  approve: () => import('./verbs/approve.ts'),
  freeze: () => import('./verbs/freeze.ts'),
  'log-verify': () => import('./verbs/log-verify.ts'),
  report: () => import('./verbs/report.ts'),
  wait: () => import('./verbs/wait.ts'),
  alert: () => import('./verbs/alert.ts'),
  feedback: () => import('./verbs/feedback.ts'),
  plan: () => import('./verbs/plan.ts'),
  init: () => import('./verbs/init.ts'),
  schema: () => import('./verbs/schema.ts'),
  judge: () => import('./verbs/judge.ts'),
  guard: () => import('./verbs/guard.ts'),
  brief: () => import('./verbs/brief.ts'),
  share: () => import('./verbs/share.ts'),
  serve: () => import('./verbs/serve.ts'),
  explain: () => import('./verbs/explain.ts'),
  agent: () => import('./verbs/agent.ts'),
  'split-render': () => import('./verbs/split-render.ts'),
  doctor: () => import('./verbs/doctor.ts'),
  record: () => import('./verbs/record.ts'),
  replay: () => import('./verbs/replay.ts'),
  acl: () => import('./verbs/acl.ts'),
  completions: () => import('./verbs/completions.ts'),
  help: () => import('./verbs/help.ts'),
};

/** Loads what a verb needs, and nothing that it does not. */
export async function load(file: VerbFile): Promise<Run> {
  const {run} = await FILES[file]();
  return run;
}
