import { playRoom } from '../../support/bad-input.ts';
import { operations } from './tables/operations.ts';

playRoom(operations);
