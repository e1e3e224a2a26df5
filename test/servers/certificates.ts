import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** Paths of PEM files. */
export interface Certificate {
  cert: string;
  key: string;
}

export interface Authority {
  /** Path of the authority's own certificate. */
  ca: string;
  /** Makes a certificate for localhost and 127.0.0.1 in files of this name, which it replaces. */
  issue(name: string): Certificate;
  dispose(): void;
}

/** A private authority that no one trusts unless told to. */
export function startAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'graydeck-tls-'));
  const at = (name: string) => join(folder, name);
  const openssl = (...words: string[]) => {
    const {status, stderr} = spawnSync('openssl', words, {encoding: 'utf8'});
    if (status !== 0) throw new Error(`openssl ${words[0]}: ${stderr}`);
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const [ca, caKey] = [at('ca.pem'), at('ca-key.pem')];
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=private', '-keyout', caKey, '-out', ca);
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  return {
    ca,
    issue: name => {
      const [cert, key, request] = [at(`${name}.pem`), at(`${name}-key.pem`), at(`${name}.csr`)];
      openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
      const signed = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', at('names')];
      openssl('x509', '-req', '-in', request, ...signed, '-out', cert);
      return {cert, key};
    },
    dispose: () => rmSync(folder, {recursive: true, force: true}),
  };
}
