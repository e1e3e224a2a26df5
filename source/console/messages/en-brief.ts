/** Words of the brief for the next shift. */
export const enBrief = {
  state: (about: {
    name: string;
    version: string;
    over: string;
    state: string;
    percent: string;
    phase: string;
    since: string;
  }) =>
    `${about.name} ${about.version}${about.over === '' ? '' : ` over ${about.over}`}: ${about.state}, ${[about.percent, about.phase, about.since].filter(text => text !== '').join(', ')}`,
  idle: (name: string) => `${name}: no release`,
  set: (percent: string) => `${percent} set`,
  since: (time: string, duration: string) => `since ${time} (${duration})`,
  changed: (hours: number) => `Changed in the last ${hours} h`,
  unchanged: (hours: number) => `Nothing changed in the last ${hours} h.`,
  earlier: (changes: number) => `and ${changes} more: graydeck log`,
  alerts: 'Open alerts',
  noAlerts: 'No open alert.',
  acknowledged: (who: string) => `acknowledged by ${who}`,
  unacknowledged: 'not acknowledged',
  who: 'Who acts',
  guard: (name: string) => `${name} judges and acts`,
  guardSilent: (name: string, duration: string) =>
    `${name} has been silent for ${duration}: nothing is judged`,
  consoles: (names: string) => `consoles that may act: ${names}`,
  viewers: (number: number) =>
    number === 1 ? '1 viewer watches by a link' : `${number} viewers watch by a link`,
  next: 'Next',
  gate: (phase: string, when: string, left: string, then: string) =>
    `${phase} ends ${when}, in ${left} of rolling time; then ${then}`,
  gateOpen: (phase: string, then: string) =>
    `${phase} has run its time; then ${then}: the guard goes on, or n`,
  phase: (name: string, percent: string) => `${name} ${percent}`,
  promotion: 'promotion: C or graydeck complete',
  manual: (phase: string, then: string) => `${phase} has no end of its own; then ${then}: n or graydeck next`,
  paused: 'the release is paused: P or graydeck resume goes on, r takes it back',
  failed: 'a step has failed: R or graydeck retry, or r takes it back',
  running: 'steps of the release are running',
  none: 'nothing is under way: graydeck start VERSION begins a release',
};
