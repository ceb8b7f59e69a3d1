/**
 * The page's only worker script; a worker's name says which part it plays. One script, because its
 * parts need the same code (a simulation takes the hosts in where workers are too slow), and so it is
 * loaded once.
 */
import { startCentres } from './centres.ts';
import { startExporter } from './exporter.ts';
import { startHost } from './host.ts';
import { startSimulation } from './simulation.ts';

if (self.name === 'host') startHost();
else if (self.name === 'exporter') startExporter();
else if (self.name === 'centres') startCentres();
else startSimulation(self.name !== 'lane');
