import {plainText} from '../../text/plain-text.ts';
import {builtInPlan} from '../../config/plan/built-in.ts';
import type {Plan} from '../../release/plan.ts';
import type {Attempt, Operating} from '../../server/served.ts';
import type {Client} from '../../server/tokens.ts';
import type {OperatorStore} from '../../store/port.ts';
import {configuredPlan, type Settings} from '../session/settings.ts';
import type {OpenedServed} from './served.ts';

export interface OperatingParts {
  store: OperatorStore;
  served: OpenedServed;
  settings: Settings;
  clients: readonly Client[];
}

/** What commands by HTTP need of the store and of the project. */
export function operatingOf({store, served, settings, clients}: OperatingParts): Operating {
  const {config} = settings;
  const hours = config?.value.raise ?? [];
  return {
    open: name => served.open(name),
    freezes: store.freezes,
    now: () => store.now(),
    async planFor(feature, text) {
      if (text === null) {
        const plan = await configuredPlan(settings, feature, () => undefined);
        return {ok: true, plan: plan ?? builtInPlan};
      }
      const {readPlan} = await import('../../config/plan/plan-file.ts');
      const read = readPlan(text, 'plan', {metrics: config?.value.metrics ?? {}});
      if (read.ok) return {ok: true, plan: read.plan};
      const mistakes = read.mistakes.slice(0, 20).map(({line, column, message, allowed}) => ({
        field: `plan:${line}:${column}`,
        message: allowed === '' ? message : `${message} (allowed: ${allowed})`,
      }));
      return {ok: false, mistakes};
    },
    bound: plan => withHours(plan, hours),
    sharedBy: client => whyShared(client, clients, store),
  };
}

/** The hours of plan and project bind together. A plan that is no plan is refused by the core. */
function withHours(plan: Plan, hours: NonNullable<Plan['raise']>): Plan {
  const own: unknown = plan.raise ?? [];
  if (hours.length === 0 || !Array.isArray(own)) return plan;
  const more = hours.filter(({text}) => !(plan.raise ?? []).some(one => one.text === text));
  return more.length === 0 ? plan : {...plan, raise: [...(plan.raise ?? []), ...more]};
}

/**
 * One token that alone may operate says nothing about who holds it. Where the store does not tell people apart either, two
 * of them cannot be told apart at all.
 */
function whyShared({name}: Client, clients: readonly Client[], {identity}: OperatorStore): string | null {
  const operators = clients.filter(({scopes}) => scopes.has('operate'));
  if (operators.length > 1 || identity.shared === null) return null;
  return `${name} is the only token of this server with the scope operate`;
}

/** An attempt to act, as a line for the operator of the server. */
export function attemptLine({client, address, command, outcome, code}: Attempt): string {
  const why = code === undefined ? '' : ` (${code})`;
  return plainText(`${client} from ${address}: ${command} ${outcome}${why}`, 200);
}
