/** A real QEMU with a board judges: the guest's serial port goes on where it stood. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageFile } from '../../../src/image/codec.ts';
import type { LoadedFile } from '../../../src/vmm/format.ts';
import { QEMU_FORMAT } from '../../../src/vmm/kvm/qemu-stream/format.ts';
import { OWN_SECTION } from '../../../src/vmm/kvm/qemu-stream/own-section.ts';
import { Qemu, qemuVersion } from '../../support/qemu.ts';
import { KVM_GOLDENS } from '../../support/qemu-goldens.ts';
import { runCli } from '../cli/run-cli.ts';
import { QUIET } from '../vmm/qemu-stream/small-stream.ts';

const version = qemuVersion();
const NAME = new TextEncoder().encode(OWN_SECTION.name);
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmferry-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(name: string): LoadedFile {
  const result = QEMU_FORMAT.read(new Uint8Array(readFileSync(join(folder, name))));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** The saved guest with bytes that it has received and not yet looked at. */
function withReceived(image: ImageFile, text: string): ImageFile {
  const received = [...text].map((letter) => letter.charCodeAt(0));
  const devices = image.state.devices.map((device) => ({ ...device, received }));
  return { ...image, state: { ...image.state, devices } };
}

function heard(socket: Socket, wanted: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.length >= wanted.length) resolve(text);
    });
  });
}

describe.skipIf(version === undefined)(`with QEMU ${version ?? '(not installed)'}, isapc`, () => {
  it('the guest answers on its serial port, first what waited in its FIFO', async () => {
    const args = ['--format', 'qemu', '--machine', 'isapc', '-o', 'a.mig', '--at', '300'];
    expect((await runCli(['save', 'default', ...args], folder)).status).toBe(0);
    const written = QEMU_FORMAT.write(withReceived(read('a.mig').image, 'AB'), {
      machine: 'isapc',
    });
    if (!written.ok) throw new Error(written.error.message);
    writeFileSync(join(folder, 'b.mig'), written.value.bytes);

    const serial = join(folder, 'serial');
    const qemu = await Qemu.start([
      ...['-M', 'isapc', '-cpu', '486', '-m', '4M', '-S'],
      ...['-serial', `unix:${serial},server=on,wait=off`],
      ...['-incoming', `exec:cat ${join(folder, 'b.mig')}`],
    ]);
    try {
      await qemu.loaded();
      const line = connect(serial);
      const answer = heard(line, 'ABhello');
      await new Promise((resolve) => line.once('connect', resolve));
      await qemu.ask('cont');
      line.write('hello');
      expect(await answer).toBe('ABhello');
      await qemu.ask('migrate', { uri: `exec:cat>${join(folder, 'back.mig')}` });
      expect(await qemu.migrated()).toBe('completed');
      line.destroy();
    } finally {
      await qemu.stop();
    }
    const back = read('back.mig');
    const [uart] = back.image.state.devices;
    expect(uart).toMatchObject({ kind: 'uart', received: [], fifoControl: 1 });
    expect(back.notes.join(' ')).toMatch(
      /saved from machine isapc skipped: .*mc146818rtc.*pc\.bios/,
    );
    const resumed = ['resume', 'back.mig', '--host', 'xen', '--max-instructions', '1000', '--json'];
    expect((await runCli(resumed, folder)).status).toBe(0);
  });

  it('a guest that lives by timer interrupts goes on printing, and comes back to both hosts', async () => {
    const args = ['--format', 'qemu', '--machine', 'isapc', '-o', 'pc.mig', '--at', '500'];
    const saved = await runCli(['save', 'default-pc', ...args], folder);
    // What the guest was offered, beyond QEMU's 486: QEMU is started with just that.
    const cpu = /-cpu (\S+)$/m.exec(saved.stdout)?.[1] ?? '';
    expect(cpu).toBe('486,+pae,+cx8,+cmov');
    expect(saved.stdout).toContain('-device ne2k_isa');
    const refused = ['--format', 'qemu', '-o', 'none.mig', '--at', '500'];
    expect((await runCli(['save', 'default-pc', ...refused], folder)).stderr).toMatch(
      /machine none (has no interrupt controller|lacks)/,
    );

    const qemu = await Qemu.start([
      ...['-M', 'isapc', '-cpu', cpu, '-m', '4M', '-S', '-serial', 'stdio'],
      ...['-netdev', 'hubport,id=n,hubid=0', '-device', 'ne2k_isa,netdev=n'],
      ...['-incoming', `exec:cat ${join(folder, 'pc.mig')}`],
    ]);
    let printed = '';
    try {
      const second = new Promise<void>((resolve) => {
        qemu.onOutput((text) => {
          printed += text;
          if (printed.includes(' at 2.00 s')) resolve();
        });
      });
      await qemu.loaded();
      await qemu.ask('cont');
      await second;
      await qemu.ask('migrate', { uri: `exec:cat>${join(folder, 'pc-back.mig')}` });
      expect(await qemu.migrated()).toBe('completed');
    } finally {
      await qemu.stop();
    }
    expect(printed).toMatch(/250 writes at 1\.00 s\r?\n.*500 writes at 2\.00 s/);
    const next = /(\d+) writes at \d+\.00 s/;
    for (const host of ['kvm', 'xen']) {
      const on = ['resume', 'pc-back.mig', '--host', host, '--max-instructions', '40000000'];
      const found = next.exec((await runCli(on, folder)).stdout);
      expect(Number(found?.[1]), host).toBeGreaterThan(500);
    }
  });

  it('takes what one KVM-like host sends another, but for our own section, which it names', async () => {
    const [{ bytes, parts }] = KVM_GOLDENS;
    const own = parts.find((at) =>
      bytes.subarray(at + 6, at + 14).every((byte, i) => byte === NAME[i]),
    );
    if (own === undefined) throw new Error('there is no section of our own');
    const next = parts[parts.indexOf(own) + 1];
    writeFileSync(join(folder, 'whole.mig'), bytes);
    const without = [...bytes.subarray(0, own), ...bytes.subarray(next)];
    writeFileSync(join(folder, 'without.mig'), Uint8Array.from(without));
    const load = async (file: string) => {
      const qemu = await Qemu.start([
        ...['-M', 'isapc', '-cpu', '486,+pae,+cx8,+cmov', '-m', '16K', '-S', '-serial', 'null'],
        ...['-netdev', 'user,id=n', '-device', 'ne2k_isa,netdev=n'],
        ...['-incoming', `exec:cat ${join(folder, file)}`],
      ]);
      try {
        await qemu.loaded();
        return await qemu.registers();
      } finally {
        await qemu.stop();
      }
    };
    await expect(load('whole.mig')).rejects.toThrow(OWN_SECTION.name);
    const { eax, eip, cr3 } = QUIET.cpu;
    expect(await load('without.mig')).toMatchObject({ eax, eip, cr3 });
  });
});
