/** The little that a Worker, a MessagePort, a worker's own scope and Node's counterparts have in common. */
export interface Endpoint {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onMessage(handler: (message: unknown) => void): void;
  /** The other side threw, could not be understood, or ended. */
  onFailure(handler: (reason: string) => void): void;
  close(): void;
}

/** Shape of Worker, MessagePort and DedicatedWorkerGlobalScope. */
export interface DomPort {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: string, listener: (event: unknown) => void): void;
  terminate?(): void;
  close?(): void;
  start?(): void;
}

export function domEndpoint(port: DomPort): Endpoint {
  return {
    postMessage: (message, transfer = []) => port.postMessage(message, [...transfer]),
    onMessage(handler) {
      port.addEventListener('message', (event) => handler((event as { data: unknown }).data));
      port.start?.();
    },
    onFailure(handler) {
      port.addEventListener('error', (event) => {
        // What is dealt with here is no error of the worker around it, nor of the page.
        (event as Event).preventDefault();
        handler((event as { message?: string }).message || 'the worker could not start');
      });
      port.addEventListener('messageerror', () => handler('a message could not be decoded'));
    },
    close: () => (port.terminate ? port.terminate() : port.close?.()),
  };
}
