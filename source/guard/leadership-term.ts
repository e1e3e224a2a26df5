import type {Controller, Outcome} from '../controller/outcome.ts';
import type {Actor, Intent} from '../release/command.ts';
import type {LeaseHold} from './lease.ts';

/** The time in which this process is the guard of a feature, under one epoch. */
export interface LeadershipTerm {
  readonly epoch: number;
  readonly actor: Actor;
  /** Aborts when it is over, for whatever reason. */
  readonly signal: AbortSignal;
  /** Whether it cannot have run out yet. Asked before anything is done to the world. */
  isHeld(): boolean;
  /** Whether no other process can be the guard yet: results up to now may still be written. */
  isLeased(): boolean;
  /** Gives a command as this guard; null: it is the guard no more, and nothing was written. @throws StoreFault */
  command(intent: Intent, reason?: string, isMeant?: () => boolean): Promise<Outcome | null>;
}

/** A term and the way to end it. */
export interface OwnTerm extends LeadershipTerm {
  end(): void;
}

/** Begins a term. Whatever the log says against its epoch ends it. */
export function beginTerm(controller: Controller, lease: LeaseHold, name: string, epoch: number): OwnTerm {
  const over = new AbortController();
  const actor: Actor = {name, kind: 'guard', epoch};
  const isHeld = () => {
    if (!over.signal.aborted && !lease.isHeld()) over.abort();
    return !over.signal.aborted;
  };
  return {
    epoch,
    actor,
    signal: over.signal,
    isHeld,
    isLeased: () => lease.isHeld(),
    end: () => over.abort(),
    async command(intent, reason, isMeant = () => true) {
      if (!isHeld()) return null;
      const stamp = {by: actor, ...(reason === undefined ? {} : {reason})};
      const outcome = await controller.execute(intent, stamp, {isMeant: () => isHeld() && isMeant()});
      if (outcome.kind === 'refused' && outcome.refusal.code === 'old-epoch') over.abort();
      return over.signal.aborted && outcome.kind !== 'done' ? null : outcome;
    },
  };
}
