import { playRoom } from '../../support/bad-input.ts';
import { backups } from './tables/backups.ts';

playRoom(backups);
