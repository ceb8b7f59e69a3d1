/**
 * The page's only worker script; a worker's name says which part it plays. One script, because both
 * parts need the same code (a simulation takes the hosts in where workers are too slow), and so it is
 * loaded once.
 */
import { startHost } from './host.ts';
import { startSimulation } from './simulation.ts';

if (self.name === 'host') startHost();
else startSimulation(self.name !== 'lane');
