/** Why some of what entries say about people does not count. The samples of these entries count all the same. */
export const PEOPLE_FAULTS = [
  'people-unreadable',
  /** More people than requests, errors, conversions or answers. */
  'people-contradictory',
  /** The table has no room for more people. */
  'people-full',
  /** What earlier processes knew of people may not be read here: people are left out altogether. */
  'people-unread',
] as const;
export type PeopleFault = (typeof PEOPLE_FAULTS)[number];

/** A fault of the data by its name, as `status` tells it. */
export interface DataFault {
  code: PeopleFault | 'instance-failing' | 'instance-loud';
  /** How often it happened since this process began to read; of an instance its errors or requests in the last minute. */
  count: number;
  /** One sentence. */
  text: string;
}

/** The sentence of a fault, in English. */
export function faultText(code: PeopleFault, count: number): string {
  const entries = count === 1 ? '1 entry' : `${count} entries`;
  switch (code) {
    case 'people-unreadable':
      return `people of ${entries} cannot be read: they are not counted`;
    case 'people-contradictory':
      return `${entries} with more people than requests, errors or answers: these people are not counted`;
    case 'people-full':
      return `more people than the table holds: ${count} times news of one was not counted`;
    case 'people-unread':
      return 'what is known of people cannot be read from the store: evidence goes by requests; graydeck acl prints the rights';
  }
}
