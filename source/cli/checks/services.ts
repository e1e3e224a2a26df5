import {execa} from 'execa';
import {plainText} from '../../analysis/plain-text.ts';
import {fine, wrong, type Finding} from './finding.ts';

const CHECK = 'services';
const WITHIN_MS = 10_000;
const OUTPUT_AT_MOST = 65_536;

/**
 * Asks the commands that the configuration declares whether what a release needs is up: exit code 0 says yes. Words of an
 * argument array, read by no shell.
 */
export async function checkServices(
  services: Readonly<Record<string, readonly string[]>>,
): Promise<Finding[]> {
  return await Promise.all(Object.entries(services).map(([name, argv]) => ask(name, argv)));
}

async function ask(name: string, [program = '', ...words]: readonly string[]): Promise<Finding> {
  const command = plainText([program, ...words].join(' '), 120);
  const shown = plainText(name, 40);
  const {exitCode, timedOut, stderr, stdout, failed, shortMessage} = await execa(program, words, {
    reject: false,
    timeout: WITHIN_MS,
    maxBuffer: OUTPUT_AT_MOST,
    stdin: 'ignore',
    forceKillAfterDelay: 500,
  });
  if (!failed) return fine(CHECK, `${shown} is up`);
  if (timedOut) return wrong(CHECK, `${shown}: no answer within ${WITHIN_MS / 1000} s`, command);
  if (exitCode === undefined)
    return wrong(CHECK, `${shown}: ${plainText(shortMessage ?? 'it cannot be run', 160)}`, command);
  const said = plainText((stderr.trim() === '' ? stdout : stderr).trim().split('\n').at(-1) ?? '', 160);
  return wrong(CHECK, `${shown} is not up (exit code ${exitCode})${said === '' ? '' : `: ${said}`}`, command);
}
