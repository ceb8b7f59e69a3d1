/** Wireshark's `tshark` as the judge of packet captures: what it takes each frame for, and what it minds. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = 'tshark';

/** Wireshark's expert severities (epan/expert.h): above a note somebody should look. */
const WARNING = 0x0060_0000;

/** `checksum.status` of a sum that was worked out and is right. */
const GOOD = '1';
const CHECKED = ['ip', 'icmp', 'udp', 'tcp'] as const;

const FIELDS = [
  'frame.number',
  'frame.protocols',
  'arp.opcode',
  '_ws.expert.severity',
  '_ws.expert.message',
  ...CHECKED.map((protocol) => `${protocol}.checksum.status`),
];

/** One expert message of Wireshark's: a warning or an error. */
export interface Complaint {
  readonly frame: number;
  readonly message: string;
}

export interface Judgement {
  readonly frames: number;
  /** How many frames carry each protocol, RARP apart from ARP. */
  readonly carrying: Readonly<Record<string, number>>;
  /** How many sums of each protocol Wireshark worked out anew and found right. */
  readonly goodChecksums: Readonly<Record<string, number>>;
  readonly complaints: readonly Complaint[];
}

export const hasTshark = (): boolean => spawnSync(PROGRAM, ['--version']).status === 0;

export function judgeCapture(capture: Uint8Array): Judgement {
  const folder = mkdtempSync(join(tmpdir(), 'capture-'));
  try {
    const file = join(folder, 'frames.pcap');
    writeFileSync(file, capture);
    return judgeFile(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each sum is worked out anew; a file that ends in mid-frame makes the program fail, and so the test. */
export function judgeFile(file: string): Judgement {
  const verify = CHECKED.flatMap((protocol) =>
    protocol === 'icmp' ? [] : ['-o', `${protocol}.check_checksum:TRUE`],
  );
  const columns = FIELDS.flatMap((field) => ['-e', field]);
  const lines = execFileSync(
    PROGRAM,
    ['-n', '-r', file, ...verify, '-T', 'fields', '-E', 'aggregator=;', ...columns],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 },
  );
  const rows = lines.split('\n').filter((line) => line !== '');
  return summary(rows.map((line) => line.split('\t')));
}

function summary(rows: readonly (readonly string[])[]): Judgement {
  const carrying: Record<string, number> = {};
  const goodChecksums: Record<string, number> = {};
  const complaints: Complaint[] = [];
  for (const [
    number = '',
    stack = '',
    opcode = '',
    severities = '',
    message = '',
    ...sums
  ] of rows) {
    for (const protocol of new Set(stack.split(':').map((name) => nameOf(name, opcode))))
      carrying[protocol] = (carrying[protocol] ?? 0) + 1;
    CHECKED.forEach((protocol, i) => {
      if (sums[i] === GOOD) goodChecksums[protocol] = (goodChecksums[protocol] ?? 0) + 1;
    });
    if (severities.split(';').some((severity) => Number(severity) >= WARNING))
      complaints.push({ frame: Number(number), message });
  }
  return { frames: rows.length, carrying, goodChecksums, complaints };
}

/** Wireshark's ARP dissector reads RARP too; its operations are 3 and 4. */
const nameOf = (protocol: string, opcode: string): string =>
  protocol === 'arp' && Number(opcode) >= 3 ? 'rarp' : protocol;
