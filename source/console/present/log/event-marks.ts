import type {Event} from '../../../release/event.ts';
import {LEVEL_MARKS, VERDICT_MARKS, type Mark} from '../marks.ts';

/** Marks by event; null: another panel shows it. */
const MARKS: Record<Event['type'], Mark | null> = {
  'release-started': {mark: '●', tone: 'strong'},
  'phase-entered': {mark: '●', tone: 'sparkGray'},
  'phase-opening': {mark: '○', tone: 'sparkGray'},
  'percent-set': {mark: '●', tone: 'sparkGray'},
  'release-paused': {mark: '‖', tone: 'warn'},
  'release-resumed': {mark: '●', tone: 'good'},
  'promotion-started': {mark: '▲', tone: 'strong'},
  'release-completed': {mark: '✔', tone: 'good'},
  'release-failed': {mark: '✖', tone: 'bad'},
  'rollback-started': {mark: '◀', tone: 'bad'},
  'release-rolled-back': {mark: '✔', tone: 'good'},
  'release-banned': {mark: '◀', tone: 'bad'},
  'start-queued': {mark: '…', tone: 'plain'},
  'queued-start-cancelled': {mark: '–', tone: 'plain'},
  'release-disabled': {mark: '■', tone: 'warn'},
  'release-enabled': {mark: '▲', tone: 'gray'},
  'approval-asked': {mark: '?', tone: 'warn'},
  'approval-given': {mark: '✔', tone: 'plain'},
  'gate-closed': null,
  'unknown-accepted': {mark: '!', tone: 'warn'},
  'user-included': {mark: '+', tone: 'plain'},
  'user-denied': {mark: '–', tone: 'plain'},
  'user-removed': {mark: '·', tone: 'plain'},
  'step-started': null,
  'step-ended': {mark: '✔', tone: 'good'},
  'step-retried': {mark: '↻', tone: 'plain'},
  'alert-raised': {mark: '✖', tone: 'bad'},
  'alert-repeated': null,
  'alert-acknowledged': {mark: '✔', tone: 'plain'},
  'alert-resolved': {mark: '✔', tone: 'good'},
  'alert-escalated': {mark: '✖', tone: 'bad'},
  'alerts-silenced': {mark: '–', tone: 'plain'},
  // The row of the alert or the step shows its deliveries.
  'delivery-begun': null,
  'delivery-ended': null,
  'guard-taken': {mark: '●', tone: 'good'},
  'guard-left': {mark: '○', tone: 'warn'},
  'verdict-changed': {mark: '●', tone: 'strong'},
  'clock-held': {mark: '‖', tone: 'plain'},
  'clock-ran': {mark: '●', tone: 'plain'},
};

/** The mark of an event's row; null: the event has no row. */
export function eventMark(event: Event): Mark | null {
  if (event.type === 'alert-raised') return LEVEL_MARKS[event.level];
  if (event.type === 'verdict-changed') return VERDICT_MARKS[event.action];
  if (event.type === 'step-ended') {
    if (event.outcome === 'skipped') return null;
    return event.outcome === 'failed' ? {mark: '✖', tone: 'bad'} : MARKS['step-ended'];
  }
  return MARKS[event.type];
}
