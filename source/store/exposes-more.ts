import type {Commit} from '../release/commit.ts';

/** Whether more users may get gray after a commit. If the store is full, only such a commit is refused. */
export function exposesMore({events}: Commit): boolean {
  return events.some(event => {
    switch (event.type) {
      case 'release-started':
      case 'release-resumed':
      case 'release-enabled':
      case 'phase-entered':
      case 'promotion-started':
      case 'user-included':
        return true;
      case 'percent-set':
        return !('percent' in event && 'from' in event) || event.percent > event.from;
      default:
        return false;
    }
  });
}
