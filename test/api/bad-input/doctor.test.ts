import { playRoom } from '../../support/bad-input.ts';
import { doctor } from './tables/doctor.ts';

playRoom(doctor);
