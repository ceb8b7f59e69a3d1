/** The machines of these tests. */
import '../../support/all-code.ts';
import { duration } from '../../../src/base/units.ts';
import type { ClientConfig } from '../../../src/net/client.ts';
import { mac } from '../../../src/net/ethernet.ts';
import { ip } from '../../../src/net/ipv4.ts';
import { SERIAL_PORT } from '../../../src/net/serial-port.ts';
import { encodeUdpFrame } from '../../../src/net/udp.ts';

export const MILLISECOND = 1_000_000;
export const VM = { mac: mac('52:54:00:12:34:56'), ip: ip('10.0.0.2') };
export const NEW_VM = { mac: mac('52:54:00:65:43:21'), ip: VM.ip };
export const CLIENT = { mac: mac('52:54:00:00:00:99'), ip: ip('10.0.0.9'), port: 40000 };
export const CONSOLE = { ...VM, port: SERIAL_PORT };
export const CLIENT_CONFIG: ClientConfig = {
  self: CLIENT,
  vmIp: VM.ip,
  interval: duration(10 * MILLISECOND),
};

export const toConsole = (...payload: number[]) =>
  encodeUdpFrame({ from: CLIENT, to: CONSOLE, payload: Uint8Array.from(payload) });
export const fromConsole = (...payload: number[]) =>
  encodeUdpFrame({ from: CONSOLE, to: CLIENT, payload: Uint8Array.from(payload) });
