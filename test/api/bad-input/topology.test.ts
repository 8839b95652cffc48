import { playRoom } from '../../support/bad-input.ts';
import { topology } from './tables/topology.ts';

playRoom(topology);
