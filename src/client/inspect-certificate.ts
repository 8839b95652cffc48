import { isIP } from 'node:net';
import { connect, type PeerCertificate as NodeCertificate } from 'node:tls';
import type { PeerCertificate } from './certificate-fault.ts';

const timeoutMs = 3000;

/**
 * Looks at a server's certificate to say what is wrong with it: the failed connection has forgotten it. Nothing is sent
 * on this connection, so nothing is trusted.
 *
 * @returns undefined when it cannot be had.
 */
export function inspectCertificate(url: URL): Promise<PeerCertificate | undefined> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(url.port || '443'),
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const end = (peer: PeerCertificate | undefined): void => {
      socket.destroy();
      resolve(peer);
    };
    socket.setTimeout(timeoutMs, () => end(undefined));
    socket.once('error', () => end(undefined));
    socket.once('secureConnect', () => end(describe(socket.getPeerCertificate())));
  });
}

function describe(certificate: NodeCertificate): PeerCertificate {
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    names: certificate.subjectaltname ?? nameOf(certificate.subject),
    validFrom: certificate.valid_from,
    validTo: certificate.valid_to,
  };
}

/** `CN=…`, or whatever there is. */
function nameOf(name: NodeCertificate['subject'] | undefined): string {
  const [first] = Object.entries(name ?? {}).sort(([a], [b]) => Number(b === 'CN') - Number(a === 'CN'));
  return first === undefined ? 'without a name' : first.join('=');
}
