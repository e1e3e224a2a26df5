import type {Command, Stamp} from './command.ts';
import type {Event} from './event.ts';
import type {Plan} from './plan.ts';
import {accept, already, refuse, type Decision} from './refusal.ts';
import type {Release} from './state.ts';

/** A raise that waits for a second person. */
export type Wish =
  | {type: 'next'; from: number; criteria: {text: string; outcome: string}[]}
  | {type: 'set'; percent: number; from: number}
  | {type: 'complete'}
  | {type: 'enable'}
  | {type: 'include' | 'remove'; user: string};

/** A person who has said yes. The authenticated name is what tells two people apart. */
export interface Approver {
  by: string;
  authenticated: string;
}

/** A raise that was asked for and waits for two different people. */
export interface Approval {
  /** Counts from 1 within the release, so that a person approves the raise on the screen and no other. */
  number: number;
  wish: Wish;
  /** Who asked for it. A guard that asks is no approver. */
  wantedBy: 'person' | 'guard';
  askedBy: string;
  askedAt: number;
  /** The reason of the one who asked; null if none was given. */
  reason: string | null;
  approvers: Approver[];
}

/** How many different people a raise needs. */
const PEOPLE = 2;

/** Whether any raise of this plan needs two people. */
export function wantsApproval({approval, phases}: Plan): boolean {
  return approval === PEOPLE || phases.some(phase => phase.approval === PEOPLE);
}

/** Whether the first phase is entered only with two people. */
export function startsWithApproval({approval, phases}: Plan): boolean {
  return approval === PEOPLE || phases[0]?.approval === PEOPLE;
}

function needsApproval({plan, phase}: Release, wish: Wish): boolean {
  if (plan.approval === PEOPLE) return true;
  const {phases} = plan;
  // Completion passes over every phase that is left.
  const touched =
    wish.type === 'complete' ? phases.slice(phase) : [phases[wish.type === 'next' ? phase + 1 : phase]];
  return touched.some(one => one?.approval === PEOPLE);
}

/**
 * Lets a raise pass, or has it wait: the first person's command is kept as a wish, and the second person's yes carries it
 * out. What a guard wants waits for both. A decision that raises nothing passes as it is.
 */
export function withApproval(release: Release, command: Stamp, wish: Wish, decision: Decision): Decision {
  if (!decision.ok || decision.events.length === 0 || !needsApproval(release, wish)) return decision;
  const {approval} = release;
  const isAsked = approval !== null && isSameWish(approval.wish, wish);
  if (isAsked && approval.approvers.length >= PEOPLE) return decision;
  if (command.by.kind === 'guard')
    // A person's wish is not pushed aside by a guard's.
    return approval === null ? accept(asked(release, command, wish, [])) : already('already-so');
  const approver = approverOf(command);
  if ('refusal' in approver) return approver.refusal;
  if (!isAsked) return accept(asked(release, command, wish, [approver]));
  return secondYes(approval, approver) ?? yes(release, approval, approver, decision.events);
}

/** Refuses a second yes of the same person. */
export function secondYes({approvers}: Approval, {authenticated}: Approver): Decision | null {
  if (!approvers.some(one => one.authenticated === authenticated)) return null;
  return refuse(
    'needs-approval',
    `${authenticated} has said yes already, and the plan wants two people`,
    'another person, with a user of their own: graydeck approve',
  );
}

function yes(release: Release, approval: Approval, approver: Approver, events: readonly Event[]): Decision {
  const isEnough = approval.approvers.length + 1 >= PEOPLE;
  return accept(given(release, approval, approver), ...(isEnough ? events : []));
}

export function given({id}: Release, {number}: Approval, approver: Approver): Event {
  return {type: 'approval-given', release: id, number, ...approver};
}

function asked(
  {id, approvals}: Release,
  {by, reason = null}: {by: Stamp['by']; reason?: string | null},
  wish: Wish,
  approvers: Approver[],
): Event {
  return {
    type: 'approval-asked',
    release: id,
    number: approvals + 1,
    wish,
    wantedBy: by.kind,
    reason,
    approvers,
  };
}

/** The wish of a start whose first phase needs a second person: gray is enabled by that person's yes. */
export function askedByStart(release: string, starter: Approver | null): Event {
  return {
    type: 'approval-asked',
    release,
    number: 1,
    wish: {type: 'enable'},
    wantedBy: 'person',
    reason: null,
    approvers: starter === null ? [] : [starter],
  };
}

/** The person as the store knows them, or why this person cannot be told from another. */
export function approverOf({by}: Pick<Command, 'by'>): Approver | {refusal: Decision} {
  const {name, identity} = by;
  if (identity !== undefined && identity.shared === null) return {by: name, authenticated: identity.name};
  const why = identity?.shared ?? 'the store does not say who acts';
  return {
    refusal: refuse(
      'needs-actors',
      `the plan wants two people (approval: 2), and here they cannot be told apart: ${why}`,
      'a Redis user for each person: graydeck acl operator, then redis://USER@…',
    ),
  };
}

/** What criteria had shown meanwhile does not make it another wish. */
function isSameWish(one: Wish, other: Wish): boolean {
  const plain = (wish: Wish) => JSON.stringify(wish.type === 'next' ? {...wish, criteria: []} : wish);
  return plain(one) === plain(other);
}
