import type {Alert, State} from './state.ts';

/** Whether a silence matches this alert at `at`. */
export function isSilenced(
  {silences}: Pick<State, 'silences'>,
  {key, message}: Pick<Alert, 'key' | 'message'>,
  at: number,
): boolean {
  return silences.some(({match, until}) => until > at && matches(match, key, message));
}

function matches(match: string, key: string, message: string): boolean {
  const wanted = match.toLowerCase();
  return wanted === '*' || key.toLowerCase().includes(wanted) || message.toLowerCase().includes(wanted);
}
