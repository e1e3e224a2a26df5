import type {Message} from '../../source/notify/message.ts';
import {PATIENCE_MS} from '../patience.ts';

/** A message as a channel gets it. */
export function aMessage(more: Partial<Message> = {}): Message {
  return {
    id: 'new_payment/raised a-7k2m9x',
    kind: 'raised',
    level: 'critical',
    feature: 'new_payment',
    release: {id: 'r-1', version: 'v1.1.0', over: 'v1.0.9', state: 'rolling', percent: 20},
    alert: {id: 'a-7k2m9x', isOver: false},
    measured: {metric: 'error_rate', side: 'gray', value: 6.2, limit: 5, windowSeconds: 300},
    word: 'CRITICAL',
    text: 'gray error rate 6.2 % above 5 %',
    by: 'guard on ops-1',
    authenticated: null,
    head: null,
    at: 1_800_000_000_000,
    lines: ['release v1.1.0 over v1.0.9, rolling, phase beta, 20 %'],
    contacts: {hotline: '400-123-4567'},
    attempt: 1,
    mayBeRepeat: false,
    ...more,
    repeat: more.mayBeRepeat === true ? {long: 'This may be a repeat', short: '(may be a repeat)'} : null,
  };
}

export const SOON = () => AbortSignal.timeout(PATIENCE_MS);
