import { playRoom } from '../../support/bad-input.ts';
import { volumes } from './tables/volumes.ts';

playRoom(volumes);
