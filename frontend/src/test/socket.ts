/** The server's end of the socket, for tests. There is one socket in a page, and one here. */

type Handler = (...values: unknown[]) => void;

interface Sent {
  name: string;
  values: unknown[];
}

class FakeSocket {
  connected = false;
  active = true;
  sent: Sent[] = [];
  private handlers = new Map<string, Handler[]>();
  /** What the server said before the page had its socket: it is heard once it has. */
  private early: (() => void)[] = [];

  on(name: string, handler: Handler) {
    if (this.handlers.size === 0) queueMicrotask(() => this.early.splice(0).forEach((say) => say()));
    this.handlers.set(name, [...(this.handlers.get(name) ?? []), handler]);
    return this;
  }

  emit(name: string, ...values: unknown[]) {
    this.sent.push({ name, values });
    return this;
  }

  connect() {
    return this;
  }

  disconnect() {
    this.connected = false;
    return this;
  }

  /** The server says something. */
  receive(name: string, ...values: unknown[]) {
    if (this.handlers.size === 0) this.early.push(() => this.receive(name, ...values));
    for (const handler of this.handlers.get(name) ?? []) handler(...values);
  }

  accept() {
    this.connected = true;
    this.receive('connect');
  }

  drop(reason = 'transport close') {
    this.connected = false;
    this.receive('disconnect', reason);
  }

  refuse() {
    this.active = false;
    this.receive('connect_error', new Error('unauthorised'));
  }

  /** What the page sent under this name. */
  requests(name: string): unknown[] {
    return this.sent.filter((message) => message.name === name).map((message) => message.values[0]);
  }
}

export const socket = new FakeSocket();

export function openFakeSocket() {
  return socket;
}
