import type {Context} from 'hono';
import type {z} from 'zod';
import type {Env} from '../env.ts';
import {HttpProblem} from '../problem.ts';

const SHAPE = 'GET /api/v1/openapi.json shows its shape';

/** The text of a JSON body. @throws HttpProblem 415 */
export async function textOfBody(context: Context<Env>): Promise<string> {
  if (!/^application\/json\s*(;|$)/iu.test(context.req.header('content-type') ?? ''))
    throw new HttpProblem(415, 'no-json', 'a command must be JSON', 'Content-Type: application/json');
  return await context.req.text();
}

/** Reads the body of a command by its shape. @throws HttpProblem 422, with every mistake */
export function bodyOf<S extends z.ZodType>(shape: S, text: string): z.infer<S> {
  let sent: unknown;
  try {
    sent = JSON.parse(text);
  } catch {
    throw new HttpProblem(422, 'bad-input', 'the body is no JSON', SHAPE);
  }
  const read = shape.safeParse(sent);
  if (read.success) return read.data;
  const mistakes = read.error.issues
    .slice(0, 20)
    .map(({path, message}) => ({field: path.map(String).join('.'), message}));
  const [first] = mistakes;
  const where = first === undefined || first.field === '' ? 'the body' : first.field;
  throw new HttpProblem(422, 'bad-input', `${where}: ${first?.message ?? ''}`, SHAPE, {mistakes});
}
