import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** An authority that no system trusts, and certificates by it, as paths of PEM files. */
export interface Authority extends Disposable {
  ca: string;
  issue(name: string): {cert: string; key: string};
}

export function authority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'graydeck-authority-'));
  const at = (name: string) => join(folder, name);
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, {stdio: 'ignore'});
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  );
  return {
    ca: at('ca.pem'),
    issue(name) {
      const [key, request, cert, extra] = ['key', 'csr', 'pem', 'ext'].map(kind => at(`${name}.${kind}`)) as [
        string,
        string,
        string,
        string,
      ];
      writeFileSync(extra, 'subjectAltName=DNS:localhost,DNS:prometheus.internal,IP:127.0.0.1\n');
      openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
      const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'];
      openssl('x509', '-req', '-in', request, ...by, '-days', '2', '-extfile', extra, '-out', cert);
      return {cert, key};
    },
    [Symbol.dispose]: () => rmSync(folder, {recursive: true}),
  };
}

/** What a TLS server is made of. */
export function tlsOf({cert, key}: {cert: string; key: string}): {cert: string; key: string} {
  return {cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8')};
}
