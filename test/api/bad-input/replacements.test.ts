import { playRoom } from '../../support/bad-input.ts';
import { replacements } from './tables/replacements.ts';

playRoom(replacements);
