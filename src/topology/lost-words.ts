import { AppError } from '../errors.ts';

/** Why a lost node or device cannot be used again. */
export const lostWords = (kind: 'node' | 'device', id: string): AppError =>
  new AppError(
    'device.state',
    `the ${kind} ${id} was declared lost; it cannot come back into service. Remove and delete it, then add it anew`,
    { status: 500 },
  );
