/** Moments in the time zone of the machine that the console runs on. */

function two(value: number): string {
  return value.toString().padStart(2, '0');
}

/** `14:02:31` where the console runs. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `11-22 14:02`: for what did not happen today. */
export function dayAndTime(at: number): string {
  const date = new Date(at);
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Whether two moments lie on one day where the console runs. */
export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
