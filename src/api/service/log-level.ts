/** Heketi's levels and those of the log here (wire contract section 15). */
const ownLevels: Readonly<Record<string, string>> = {
  none: 'silent',
  critical: 'fatal',
  error: 'error',
  warning: 'warn',
  info: 'info',
  debug: 'debug',
};

/** How much the log tells; shared by everything that writes to it. Not stored: a restart brings back the configured one. */
export interface LevelHolder {
  level: string;
}

/** The level under Heketi's names. */
export class LogLevel {
  readonly #holder: LevelHolder;

  constructor(holder: LevelHolder) {
    this.#holder = holder;
  }

  get name(): string {
    const { level } = this.#holder;
    // Nothing is more talkative than debug there.
    return Object.entries(ownLevels).find(([, own]) => own === level)?.[0] ?? 'debug';
  }

  /** @returns false for a level that there is not. */
  set(name: string): boolean {
    const own = Object.hasOwn(ownLevels, name) ? ownLevels[name] : undefined;
    if (own !== undefined) this.#holder.level = own;
    return own !== undefined;
  }
}
