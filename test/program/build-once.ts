import {mkdtemp, rm, writeFile} from 'node:fs/promises';
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

/**
 * Builds the program as it would be shipped into a folder of its own, and removes it afterwards. Where it
 * cannot be built the tests get a program that says why and fails: the tests of other rooms run all the same.
 */
export default async function buildOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-program-'));
  const launcher = join(folder, 'bin.js');
  await buildProgram(folder).catch(async (error: unknown) => {
    const reason = JSON.stringify(`The program could not be built.\n${String(error)}\n`);
    await writeFile(launcher, `process.stderr.write(${reason}); process.exitCode = 70;`);
  });
  project.provide('program', launcher);
  return async () => {
    await rm(folder, {recursive: true, force: true});
  };
}
