import type {CreateEvaluator} from '../../analysis/evidence/evaluator.ts';
import {usage} from '../failure.ts';

/** Until evidence is there. */
export const createEvaluator: CreateEvaluator = () => {
  throw usage(
    'evidence is not built yet in this version',
    'graydeck judge --plan FILE, with evidence: off',
    'not-built',
  );
};
