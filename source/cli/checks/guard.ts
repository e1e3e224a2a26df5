import {plainText} from '../../analysis/plain-text.ts';
import type {Plan} from '../../release/plan.ts';
import type {Lease} from '../../store/port.ts';
import {doubt, fine, type Finding} from './finding.ts';

/** Whether a guard judges the criteria and guardrails of the plan. Pure. */
export function checkGuard(lease: Lease | null, {guardrails, phases, evidence}: Plan): Finding[] {
  if (lease !== null) return [fine('guard', `${plainText(lease.holder, 80)} watches`)];
  const isWanted = guardrails.length > 0 || evidence !== null || phases.some(one => one.criteria.length > 0);
  if (!isWanted) return [];
  return [doubt('guard', 'no guard is running: no criterion is judged, no guardrail acts', 'graydeck guard')];
}
