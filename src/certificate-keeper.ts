import type { SecureContextOptions } from 'node:tls';
import type { TlsConfig } from './config/config.ts';
import { AppError, toAppError } from './errors.ts';
import type { Log } from './lib/log.ts';
import { readServerCertificate, type ServerCertificate } from './server-certificate.ts';

/** Holds the certificate of the server and takes a new one when its files change. */
export class CertificateKeeper {
  /** Called with what new connections are to be served with. */
  onChange: (context: SecureContextOptions) => void = () => undefined;
  readonly #tls: TlsConfig;
  readonly #log: Log;
  #present: ServerCertificate;
  /** The last fault that was told: a bad file that stays is told once. */
  #toldFault = '';
  #timer: NodeJS.Timeout | undefined;

  /** @throws AppError `config.invalid` when there is no certificate to begin with. An expired one is served, and told. */
  constructor(tls: TlsConfig, log: Log) {
    this.#tls = tls;
    this.#log = log;
    this.#present = readServerCertificate(tls);
    if (this.#present.validToMs <= Date.now())
      log.warn(factsOf(this.#present), 'the certificate has expired');
  }

  get context(): SecureContextOptions {
    const { cert, key } = this.#present;
    return { cert, key, minVersion: this.#tls.minVersion };
  }

  start(): void {
    if (this.#tls.watchSeconds === 0) return;
    this.#timer = setInterval(() => this.#look(false), this.#tls.watchSeconds * 1000);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Reads the files now; tells the log also when nothing changed. */
  reload(): void {
    this.#toldFault = '';
    this.#look(true);
  }

  #look(isAsked: boolean): void {
    try {
      const found = readServerCertificate(this.#tls);
      const isSame = found.cert === this.#present.cert && found.key === this.#present.key;
      if (!isSame) this.#take(found);
      else if (isAsked) this.#log.info(factsOf(found), 'the certificate is the same as before');
      this.#toldFault = '';
    } catch (thrown) {
      this.#tellFault(toAppError(thrown).message);
    }
  }

  #take(found: ServerCertificate): void {
    if (found.validToMs <= Date.now()) {
      const until = new Date(found.validToMs).toISOString();
      throw new AppError('config.invalid', `tls.cert_file: ${this.#tls.certFile}: expired on ${until}`);
    }
    this.#present = found;
    this.onChange(this.context);
    this.#log.info(factsOf(found), 'a new certificate is served to new connections');
  }

  #tellFault(reason: string): void {
    if (reason === this.#toldFault) return;
    this.#toldFault = reason;
    this.#log.error(
      { reason, ...factsOf(this.#present) },
      'the new certificate cannot be used; the old one is kept',
    );
  }
}

const factsOf = ({ subject, validToMs }: ServerCertificate) => ({
  subject,
  validTo: new Date(validToMs).toISOString(),
});
