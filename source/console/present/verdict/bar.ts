import {say, type Line, type Tone} from '../line.ts';

/** How far something has come towards its limit, which stands at the right end. `part`: 0–1; what is beyond fills it. */
export function bar(part: number, width: number, tone: Tone): Line {
  const reached = Math.max(0, Math.min(1, part)) * width;
  const whole = Math.floor(reached);
  const tip = whole < width && reached - whole >= 0.5 ? '╸' : '';
  const full = '━'.repeat(whole) + tip;
  return [
    ...(full === '' ? [] : [say(full, tone)]),
    say('─'.repeat(width - full.length), 'quiet'),
    say('┃', part >= 1 ? tone : 'strong'),
  ];
}
