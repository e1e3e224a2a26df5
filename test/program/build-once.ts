import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestProject} from 'vitest/node';
import {buildProgram} from '../build.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The launcher of the program, built for this run of the tests alone. */
    readonly program: string;
  }
}

/** Builds the program as it would be shipped into a folder of its own, and removes it afterwards. */
export default async function buildOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-program-'));
  await buildProgram(folder);
  project.provide('program', join(folder, 'bin.js'));
  return async () => {
    await rm(folder, {recursive: true, force: true});
  };
}
