/** Runs Xen's `verify-stream-v2` over many streams in one process. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findXenVerifier } from '../../scripts/xen-verifier.mjs';

/** Calls what the program's own `main` calls, once for each file. */
const DRIVER = `
import importlib.machinery, importlib.util, json, sys
folder, form, names = sys.argv[1], sys.argv[2], json.load(sys.stdin)
sys.dont_write_bytecode = True
sys.path.insert(0, folder + "/lib/python")
loader = importlib.machinery.SourceFileLoader("verifier", folder + "/bin/verify-stream-v2")
verifier = importlib.util.module_from_spec(importlib.util.spec_from_loader("verifier", loader))
loader.exec_module(verifier)
verifier.quiet = True
codes = []
for name in names:
    verifier.fin = open(name, "rb", 0)
    codes.append(verifier.read_stream(form))
    verifier.fin.close()
print(json.dumps(codes))
`;

export interface XenVerifier {
  /** For each stream what the program would exit with: 0 accepted, 1 refused, 2 it broke. */
  verify(format: 'libxc' | 'xl', streams: readonly Uint8Array[]): number[];
}

/** Undefined when it cannot be had on this machine; `reason` then says why. */
export function xenVerifier(): { verifier?: XenVerifier; reason: string } {
  try {
    const folder = findXenVerifier();
    return { verifier: { verify: (...input) => verify(folder, ...input) }, reason: '' };
  } catch (error) {
    return { reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : '' };
  }
}

function verify(folder: string, format: string, streams: readonly Uint8Array[]): number[] {
  const place = mkdtempSync(join(tmpdir(), 'xen-streams-'));
  try {
    const names = streams.map((bytes, i) => {
      const name = join(place, `${i}`);
      writeFileSync(name, bytes);
      return name;
    });
    const answer = execFileSync('python3', ['-c', DRIVER, folder, format], {
      input: JSON.stringify(names),
      encoding: 'utf8',
    });
    return JSON.parse(answer) as number[];
  } finally {
    rmSync(place, { recursive: true });
  }
}
