/** heketi-cli calls what is evacuated "removed" (wire contract section 1.7). */
export const stateWord = (state: string): string => (state === 'failed' ? 'removed' : state);
