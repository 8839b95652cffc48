import { playRoom } from '../../support/bad-input.ts';
import { adopt } from './tables/adopt.ts';

playRoom(adopt);
