import { playRoom } from '../../support/bad-input.ts';
import { snapshots } from './tables/snapshots.ts';

playRoom(snapshots);
