import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { AppError } from './errors.ts';

/** A certificate of the server with its key, as their files hold them. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
  /** For the log: `CN=…`, and until when it is valid. */
  readonly subject: string;
  readonly validToMs: number;
}

interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

const refuse = (key: string, file: string, found: string, cause?: unknown): AppError =>
  new AppError('config.invalid', `${key}: ${file}: ${found}`, cause === undefined ? {} : { cause });

const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/**
 * Reads a certificate with its chain and its key, and checks that they can serve together.
 *
 * @throws AppError `config.invalid` that names the file and the fault; never with anything of the key.
 */
export function readServerCertificate({ certFile, keyFile }: CertificateFiles): ServerCertificate {
  const cert = readText('tls.cert_file', certFile);
  const key = readText('tls.key_file', keyFile);
  const own = attempt('tls.cert_file', certFile, 'no certificate in PEM', () => new X509Certificate(cert));
  const privateKey = attempt('tls.key_file', keyFile, 'no private key in PEM without a passphrase', () =>
    createPrivateKey(key),
  );
  if (!own.checkPrivateKey(privateKey)) {
    throw refuse('tls.key_file', keyFile, `is not the key of the certificate in ${certFile}`);
  }
  attempt('tls.cert_file', certFile, 'TLS does not take it', () => createSecureContext({ cert, key }));
  return { cert, key, subject: own.subject.replaceAll('\n', ', '), validToMs: Date.parse(own.validTo) };
}

function readText(key: string, file: string): string {
  return attempt(key, file, 'cannot be read', () => readFileSync(file, 'utf8'));
}

function attempt<Value>(key: string, file: string, found: string, act: () => Value): Value {
  try {
    return act();
  } catch (thrown) {
    throw refuse(key, file, `${found} (${wordsOf(thrown)})`, thrown);
  }
}
