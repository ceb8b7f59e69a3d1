/** Worker threads' ports as endpoints. */
import type { MessagePort, TransferListItem, Worker } from 'node:worker_threads';
import type { Endpoint } from '../endpoint.ts';

export function nodeEndpoint(port: MessagePort | Worker): Endpoint {
  return {
    postMessage: (message, transfer = []) =>
      port.postMessage(message, [...transfer] as TransferListItem[]),
    onMessage: (handler) => {
      port.on('message', handler);
    },
    onFailure(handler) {
      port.on('error', (error: Error) => handler(error.message));
      port.on('messageerror', () => handler('a message could not be decoded'));
      port.on('exit', () => handler('it ended'));
    },
    close() {
      if ('terminate' in port) void port.terminate();
      else port.close();
    },
  };
}
