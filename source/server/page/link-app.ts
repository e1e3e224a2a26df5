import {Hono} from 'hono';
import type {Env} from '../env.ts';
import {addPageRoutes, type PageRoutes} from './routes.ts';
import type {PageSource} from './source.ts';

/** A server of links and nothing else. @param onFault told of unexpected errors, of which a viewer is told nothing */
export function createLinkApp(
  source: PageSource,
  onFault: (error: unknown) => void,
): {app: Hono<Env>; page: PageRoutes} {
  const app = new Hono<Env>();
  app.onError((error, context) => {
    onFault(error);
    return context.text('something went wrong in here\n', 500);
  });
  app.notFound(context => context.text('there is nothing here\n', 404));
  return {app, page: addPageRoutes(app, source, null)};
}
