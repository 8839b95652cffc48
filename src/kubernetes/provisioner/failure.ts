/** Why a claim is not served, in words for whoever made it. */
export class ProvisionFailure extends Error {
  /**
   * `wrong`: nothing helps until the class, the secret or the claim is another. `passing`: it may go by itself.
   * `busy`: something is on its way and has to be waited for; no news for an event.
   */
  readonly kind: 'wrong' | 'passing' | 'busy';

  constructor(kind: ProvisionFailure['kind'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ProvisionFailure';
    this.kind = kind;
  }
}

export const wrong = (message: string): ProvisionFailure => new ProvisionFailure('wrong', message);
