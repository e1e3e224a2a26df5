import {expect, it} from 'vitest';
import {openApiDocument} from '../../source/server/openapi.ts';
import {ROUTES} from '../../source/server/routes.ts';
import {openHouse, READ} from './house.ts';

interface Document {
  openapi: string;
  paths: Record<string, Record<string, {responses: Record<string, unknown>; security?: unknown}>>;
  components: {schemas: Record<string, {properties?: Record<string, unknown>; required?: string[]}>};
}

const document = openApiDocument('1.2.3') as unknown as Document;

it('the OpenAPI document has every path that is served, and no other', () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  );
  const served = ROUTES.filter(({path}) => path !== '/api/v1/openapi.json').map(
    ({method, path}) => `${method} ${path}`,
  );
  expect(described.sort()).toEqual(served.sort());
});

it('holds every shape that it refers to, and feedback has the shape of the contract', () => {
  const refers = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/gu)];
  expect(refers.length).toBeGreaterThan(10);
  for (const [, name] of refers) expect(Object.keys(document.components.schemas)).toContain(name);
  const {Feedback} = document.components.schemas;
  expect(Object.keys(Feedback!.properties!)).toEqual([
    'feature',
    'type',
    'message',
    'rating',
    'deployment_phase',
    'deployment_version',
    'user_id',
  ]);
  expect(Feedback!.required).toEqual(['type', 'message', 'rating', 'deployment_phase', 'deployment_version']);
  expect(JSON.stringify(document)).not.toMatch(/__shared|\$defs/u);
});

it('is served to any client with a token', async () => {
  await using house = await openHouse();
  const answer = await house.ask('/api/v1/openapi.json', READ);
  expect(await answer.json()).toMatchObject({openapi: '3.1.0', info: {title: 'Graydeck', version: '0.0.0'}});
});
