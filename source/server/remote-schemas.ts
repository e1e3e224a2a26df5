import {z} from 'zod';

/** Shapes of what programs without the SDK send and get: samples, and decisions by OFREP. */

const count = z.number().nonnegative();

export const samplesShape = z
  .object({
    feature: z.string().optional().meta({description: 'may be left out if there is only one feature'}),
    samples: z
      .array(
        z
          .object({
            side: z.enum(['prod', 'gray']),
            person: z
              .union([z.string(), z.number()])
              .optional()
              .meta({description: 'of a sample of one request: the id of the user; its hash is stored'}),
          })
          .catchall(z.union([z.number(), z.string()]))
          .meta({description: 'requests, errors, response_time and other metrics, as in the stream'}),
      )
      .min(1)
      .max(1000),
  })
  .meta({id: 'Samples'});

export const samplesWrittenShape = z
  .object({schema: z.literal('graydeck.samples/1'), feature: z.string(), written: count})
  .meta({id: 'SamplesWritten'});

/** Shapes of the OpenFeature Remote Evaluation Protocol 0.3. */
export const evaluationShape = z
  .object({
    context: z
      .looseObject({
        targetingKey: z.union([z.string(), z.number()]).meta({description: 'the id of the user'}),
      })
      .meta({description: 'the user; other fields are attributes that rules of a plan may compare'}),
  })
  .meta({id: 'Evaluation'});

export const flagShape = z
  .object({
    key: z.string().meta({description: 'the feature'}),
    value: z.boolean().meta({description: 'whether the user gets gray'}),
    variant: z.enum(['gray', 'prod']),
    reason: z.string(),
    metadata: z.object({
      reason: z.string().meta({description: 'as explain says it'}),
      cohort: z.enum(['eligible', 'chosen', 'outside']),
      version: count.meta({description: 'version of the log from which on this split holds'}),
      release: z.string().optional(),
    }),
  })
  .meta({id: 'Flag'});

export const flagFailureShape = z
  .object({
    key: z.string().optional(),
    errorCode: z.enum([
      'PARSE_ERROR',
      'TARGETING_KEY_MISSING',
      'INVALID_CONTEXT',
      'FLAG_NOT_FOUND',
      'GENERAL',
    ]),
    errorDetails: z.string(),
  })
  .meta({id: 'FlagFailure'});

export const flagsShape = z
  .object({
    flags: z.array(z.union([flagShape, flagFailureShape])),
    eventStreams: z.array(
      z.object({
        type: z.literal('sse'),
        endpoint: z.object({requestUri: z.string()}),
        inactivityDelaySec: count,
      }),
    ),
  })
  .meta({id: 'Flags'});
