import type {Run} from '../call.ts';
import {usage} from '../failure.ts';

export const run: Run = async () => {
  throw usage('acl is not built yet in this version', 'graydeck --help', 'not-built');
};
