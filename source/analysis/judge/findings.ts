import type {EvidenceReading} from '../evidence/reading.ts';
import type {Loudest} from '../windows/instances.ts';
import type {CriterionReading} from './criteria.ts';
import type {GuardrailReading} from './guardrails.ts';

/** Gray's share of the eligible requests against what the split asks for. */
export interface RatioReading {
  /** Percent, of late; null without requests. */
  observed: number | null;
  /** Percent that is still chance, from and to; null where the split says nothing. */
  expected: {low: number; high: number} | null;
  /** What was counted of late: people where they are known, else requests. */
  requests: number;
  by: 'people' | 'requests';
  windowSeconds: number;
  /** It is not what the split asks for. */
  isOff: boolean;
}

/** Whether anything is heard of a side. */
export interface Hearing {
  /** Age of the newest data, milliseconds; null when nothing was heard for minutes. */
  ageMs: number | null;
  isSilent: boolean;
}

/** All that was found at a look, before it is weighed. */
export interface Findings {
  guardrails: GuardrailReading[];
  /** Of the phase that runs. */
  criteria: CriterionReading[];
  ratio: RatioReading;
  gray: Hearing;
  /** An instance of gray that outshouts all others; null: none does. */
  shouting: Loudest | null;
  prod: Hearing;
  evidence: EvidenceReading | null;
}
