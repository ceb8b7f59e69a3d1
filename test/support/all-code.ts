/** Imported for what it does: tests make hosts and clients of every kind, without a lab that loads their code. */
import { loadAllCode } from '../../src/lab/late-code.ts';

await loadAllCode();
