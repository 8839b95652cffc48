/** What of a server's certificate a message names. */
export interface PeerCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** Names and addresses it was made for, as `DNS:a, IP Address:b`. */
  readonly names: string;
  readonly validFrom: string;
  readonly validTo: string;
}

const trust = 'give its CA with --tls-cert';

type Explain = (peer: PeerCertificate | undefined, host: string) => string;

const untrustedIssuer: Explain = (peer) =>
  `certificate: signed by an authority that is not trusted (${peer?.issuer ?? 'unknown'}); ${trust}`;

/** By what OpenSSL calls the fault. */
const explanations: Readonly<Record<string, Explain>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: (peer) =>
    `certificate: self-signed (${peer?.subject ?? 'unknown'}) and not trusted; ${trust}`,
  SELF_SIGNED_CERT_IN_CHAIN: untrustedIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrustedIssuer,
  UNABLE_TO_GET_ISSUER_CERT: untrustedIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrustedIssuer,
  CERT_SIGNATURE_FAILURE: (peer) =>
    `certificate: its signature is not that of the given CA (${peer?.issuer ?? 'unknown'}); ${trust}`,
  CERT_HAS_EXPIRED: (peer) => `certificate: expired ${peer?.validTo ?? ''}; renew it on the server`,
  CERT_NOT_YET_VALID: (peer) =>
    `certificate: valid only from ${peer?.validFrom ?? 'later on'}; compare the clocks`,
  ERR_TLS_CERT_ALTNAME_INVALID: (peer, host) =>
    `certificate: made for ${peer?.names ?? 'other names'}, not for ${host}; use one of those names, or renew it with this one`,
};

export const isCertificateFault = (code: string): boolean => Object.hasOwn(explanations, code);

/** What is wrong with the server's certificate, naming the authority or the names, and what helps. */
export function explainCertificate(code: string, url: string, peer: PeerCertificate | undefined): string {
  const { hostname } = new URL(url);
  return explanations[code]?.(peer, hostname) ?? `certificate: ${code}`;
}
