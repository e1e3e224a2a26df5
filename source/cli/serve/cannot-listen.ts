import {EXIT} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';

/** Why this process may not listen there, and what to do about it. */
export function cannotListen(error: unknown, where: string): Failure {
  const {code} = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return new Failure(
        EXIT.fault,
        'port-taken',
        `something listens on ${where} already`,
        '--listen another port',
      );
    case 'EACCES':
      return new Failure(
        EXIT.fault,
        'no-rights',
        `this user may not listen on ${where}`,
        '--listen a port from 1024 on',
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return usage(`${where} is no address of this host`, '--listen 127.0.0.1:8080', 'bad-address');
    default:
      return new Failure(EXIT.fault, 'fault', `cannot listen on ${where}: ${code ?? String(error)}`, '');
  }
}
