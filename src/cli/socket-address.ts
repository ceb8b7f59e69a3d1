/**
 * Addresses of sockets as QEMU writes them: `tcp:127.0.0.1:4444`, `unix:PATH`. A stream is neither
 * encrypted nor signed, so nothing but this machine is reached.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import type { Surroundings } from './command.ts';

export type SocketAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];
const MAX_PORT = 0xffff;

export function parseAddress(
  text: string,
  { directory }: Surroundings,
): Result<SocketAddress, string> {
  const wanted = 'an address is tcp:127.0.0.1:PORT or unix:PATH';
  if (text.startsWith('unix:') && text.length > 5)
    return ok({ kind: 'unix', path: resolve(directory, text.slice(5)) });
  const match = /^tcp:(.*):(\d{1,5})$/.exec(text);
  if (match === null) return err(`${wanted}, got "${text}"`);
  const host = match[1] === '' ? '127.0.0.1' : match[1];
  const port = Number(match[2]);
  if (!LOOPBACK.includes(host))
    return err(`only this machine is reached (${LOOPBACK.join(', ')}), not "${host}"`);
  if (port > MAX_PORT) return err(`a port is at most ${MAX_PORT}, got ${port}`);
  return ok({ kind: 'tcp', host: host === '[::1]' ? '::1' : host, port });
}

export function dial(address: SocketAddress): Promise<Result<Socket, string>> {
  return new Promise((settle) => {
    const socket = connect(optionsOf(address));
    socket.once('connect', () => settle(ok(socket)));
    socket.once('error', (error) => settle(err(reason('cannot be reached', address, error))));
  });
}

/** Waits for one caller; `waiting` hears where, since port 0 means any. */
export function answer(
  address: SocketAddress,
  waiting: (where: string) => void,
): Promise<Result<Socket, string>> {
  return new Promise((settle) => {
    const server: Server = createServer((socket) => {
      server.close();
      settle(ok(socket));
    });
    server.maxConnections = 1;
    server.once('error', (error) => settle(err(reason('cannot be opened', address, error))));
    server.listen(optionsOf(address), () => waiting(addressText(address, server)));
  });
}

const optionsOf = (address: SocketAddress) =>
  address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };

function addressText(address: SocketAddress, server?: Server): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  const open = server?.address();
  const port = typeof open === 'object' && open !== null ? open.port : address.port;
  return `tcp:${address.host}:${port}`;
}

const reason = (what: string, address: SocketAddress, error: Error): string =>
  `${addressText(address)} ${what}: ${(error as { readonly code?: string }).code ?? error.message}`;
