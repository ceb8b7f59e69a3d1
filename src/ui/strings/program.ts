/** The editor for programs of one’s own. */
import { count, plural } from './format.ts';

export const nothingAssembled = (errors: number) =>
  `${plural(errors, 'error')}: nothing is assembled`;
export const place = (line: number, column: number) => `Line ${line}, column ${column}`;
export const advice = (advice: string) => `Advice: ${advice}.`;
export const assembled = 'Assembled';
export const sectionAt = (bytes: number, address: string) => `${count(bytes)} bytes at ${address}`;
export const beginsAt = (address: string) => `begins at ${address}`;
export const listing = 'Listing: each line with its address and bytes';

export const link = 'link';
export const linkToProgram = 'Link to this program';
export const someCut = (most: number) => `; some programs cut links after ${count(most)}`;
export const letters = (letters: number, cuts: string) =>
  `${count(letters)} letters${cuts}. Who opens it sees the program; it runs when they press Run.`;
