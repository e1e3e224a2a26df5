import {ACL_ROLES, aclLines} from '../../store/redis/acl.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {checkFeature} from '../session/feature.ts';

/** `acl ROLE`: lines for an ACL file of Redis; with `--feature` for that one only. */
export const run: Run = async ({args, flags, out}) => {
  const role = ACL_ROLES.find(one => one === args[0]) ?? 'viewer';
  const feature = flags.feature === undefined ? undefined : checkFeature(flags.feature);
  const lines = aclLines(role, feature === undefined ? {} : {feature});
  if (out.isJson) out.json({schema: 'graydeck.acl/1', role, lines});
  else for (const line of lines) out.data(line);
  return EXIT.done;
};
