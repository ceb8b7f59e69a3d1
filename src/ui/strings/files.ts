/** Files taken apart, record by record. */
import { count } from './format.ts';

export const records = 'Records of the file';
export const atByte = 'At byte';
export const bytesColumn = 'Bytes';
export const record = 'Record';
export const holds = 'Holds';
export const andMore = (parts: number) => `and ${count(parts)} more`;
export const firstBytes = (bytes: number) => `its first ${bytes} bytes`;
export const itsBytes = 'its bytes';
export const bytesOf = (name: string, offset: number) => `Bytes of ${name} from ${offset}`;
