import { describe, expect, it } from 'vitest';
import { type Instant, instant, milliseconds, NEVER } from '../../../src/base/units.ts';
import { ACK, FIN, flagNames, PSH, RST, SYN, type TcpSegment } from '../../../src/net/tcp.ts';
import {
  resetFor,
  TCP_PHASES,
  TcpClient,
  type TcpPhase,
  type TcpStep,
} from '../../../src/net/tcp-client.ts';

const OWN = 1000;
const PEER = 5000;
const WINDOW = 8192;

const ms = (count: number): Instant => instant(count * 1_000_000);
const text = (content: string) => new TextEncoder().encode(content);
const flags = ({ send }: TcpStep) => send.map((segment) => flagNames(segment.flags).join(' '));

/** Segments of the peer: offsets count from its SYN, and from ours. */
function from(
  bits: number,
  offset: number,
  acknowledged: number,
  more: Partial<TcpSegment> = {},
): TcpSegment {
  return {
    sourcePort: 80,
    destinationPort: 50_000,
    sequence: PEER + offset,
    acknowledgment: (bits & ACK) !== 0 ? OWN + acknowledged : 0,
    flags: bits,
    window: 4096,
    segmentSize: undefined,
    payload: new Uint8Array(0),
    ...more,
  };
}

function dial(): TcpClient {
  return TcpClient.create({
    localPort: 50_000,
    remotePort: 80,
    initialSequence: OWN,
    window: WINDOW,
    segmentSize: 1460,
    timeWait: milliseconds(2000),
  });
}

/** What leads to each state, from CONNECT on. */
const WAY_TO: Readonly<Record<Exclude<TcpPhase, 'closed'>, (client: TcpClient) => void>> = {
  'syn-sent': (client) => client.connect(ms(0)),
  'syn-received': (client) => {
    WAY_TO['syn-sent'](client);
    client.receive(ms(1), from(SYN, 0, 0));
  },
  established: (client) => {
    WAY_TO['syn-sent'](client);
    client.receive(ms(1), from(SYN | ACK, 0, 1));
  },
  'fin-wait-1': (client) => {
    WAY_TO.established(client);
    client.close(ms(2));
  },
  'fin-wait-2': (client) => {
    WAY_TO['fin-wait-1'](client);
    client.receive(ms(3), from(ACK, 1, 2));
  },
  'close-wait': (client) => {
    WAY_TO.established(client);
    client.receive(ms(2), from(FIN | ACK, 1, 1));
  },
  closing: (client) => {
    WAY_TO['fin-wait-1'](client);
    client.receive(ms(3), from(FIN | ACK, 1, 1));
  },
  'last-ack': (client) => {
    WAY_TO['close-wait'](client);
    client.close(ms(3));
  },
  'time-wait': (client) => {
    WAY_TO['fin-wait-2'](client);
    client.receive(ms(4), from(FIN | ACK, 1, 2));
  },
};

function inPhase(phase: Exclude<TcpPhase, 'closed'>): TcpClient {
  const client = dial();
  WAY_TO[phase](client);
  expect(client.phase).toBe(phase);
  return client;
}

const OPEN_PHASES = TCP_PHASES.filter((phase) => phase !== 'closed');

describe('TcpClient in each state', () => {
  it.each(OPEN_PHASES)('%s is reached, saved and restored', (phase) => {
    const saved = structuredClone(inPhase(phase).save());
    expect(TcpClient.restore(saved).save()).toEqual(saved);
  });

  it.each(OPEN_PHASES)('%s ends by an exact reset', (phase) => {
    const client = inPhase(phase);
    const offset = client.save().receiver?.expected ?? 0;
    const { send } = client.receive(ms(9), from(RST | ACK, offset, 1));
    expect([client.phase, client.deadline, send]).toEqual(['closed', NEVER, []]);
    const refused = phase === 'syn-sent' || phase === 'syn-received';
    const over = ['closing', 'last-ack', 'time-wait'].includes(phase);
    expect(client.ending).toBe(refused ? 'refused' : over ? 'closed' : 'reset');
  });

  it.each(OPEN_PHASES)('%s ends when its owner gives up', (phase) => {
    const client = inPhase(phase);
    const told = ['syn-received', 'established', 'fin-wait-1', 'fin-wait-2', 'close-wait'];
    expect(flags(client.abort(ms(9)))).toEqual(told.includes(phase) ? ['RST ACK'] : []);
    expect([client.phase, client.ending, client.deadline]).toEqual(['closed', 'aborted', NEVER]);
  });

  it.each(OPEN_PHASES.filter((phase) => phase !== 'syn-sent'))(
    '%s answers a reset or a SYN inside its window, and stays',
    (phase) => {
      for (const bits of [RST, SYN | ACK]) {
        const client = inPhase(phase);
        const offset = (client.save().receiver?.expected ?? 0) + 5;
        expect(flags(client.receive(ms(9), from(bits, offset, 1)))).toEqual(['ACK']);
        expect(client.phase).toBe(phase);
      }
    },
  );

  it.each(OPEN_PHASES.filter((phase) => phase !== 'syn-sent'))(
    '%s answers what lies outside its window, but for a reset',
    (phase) => {
      const client = inPhase(phase);
      const late = from(ACK, -20, 1, { payload: text('long ago') });
      expect(flags(client.receive(ms(9), late))).toEqual(['ACK']);
      expect(flags(client.receive(ms(9), from(RST, -20, 1)))).toEqual([]);
      expect(client.phase).toBe(phase);
    },
  );
});

describe('TcpClient opening', () => {
  it('offers its segment size, and acknowledges the answer', () => {
    const client = dial();
    const { send } = client.connect(ms(0));
    expect(send).toMatchObject([{ sequence: OWN, flags: SYN, segmentSize: 1460, window: WINDOW }]);
    const answer = client.receive(ms(1), from(SYN | ACK, 0, 1));
    expect(answer.send).toMatchObject([{ flags: ACK, sequence: 1001, acknowledgment: 5001 }]);
  });

  it('sends a waiting request with that acknowledgment', () => {
    const client = inPhase('syn-sent');
    client.write(ms(0), text('GET'));
    const { send } = client.receive(ms(1), from(SYN | ACK, 0, 1));
    expect(send).toMatchObject([{ flags: ACK | PSH, payload: text('GET') }]);
  });

  it('repeats the SYN at doubled intervals and gives up after ten', () => {
    const client = inPhase('syn-sent');
    const moments: number[] = [];
    while (client.ending === undefined) {
      moments.push(client.deadline / 1e9);
      client.timer(client.deadline);
    }
    expect(moments).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363]);
    expect(client.ending).toBe('timed-out');
  });

  it('is refused by a reset that acknowledges the SYN, and by no other', () => {
    const client = inPhase('syn-sent');
    expect(client.receive(ms(1), from(RST, 0, 0)).send).toEqual([]);
    expect(client.phase).toBe('syn-sent');
    client.receive(ms(1), from(RST | ACK, 0, 1));
    expect(client.ending).toBe('refused');
  });

  it('resets an answer to a SYN that it did not send', () => {
    const client = inPhase('syn-sent');
    const { send } = client.receive(ms(1), from(SYN | ACK, 0, 77));
    expect(send).toMatchObject([{ flags: RST, sequence: OWN + 77 }]);
    expect(client.phase).toBe('syn-sent');
  });

  it('stands after both ends opened at once', () => {
    const client = inPhase('syn-received');
    client.receive(ms(2), from(ACK, 1, 1));
    expect(client.phase).toBe('established');
  });

  it('resets who acknowledges too much while it is in SYN-RECEIVED', () => {
    const client = inPhase('syn-received');
    expect(flags(client.receive(ms(2), from(ACK, 1, 9)))).toEqual(['RST']);
  });
});

describe('TcpClient sending', () => {
  it('heeds the window and the segment size of its peer', () => {
    const client = inPhase('syn-sent');
    client.receive(ms(1), from(SYN | ACK, 0, 1, { segmentSize: 100, window: 150 }));
    const { send } = client.write(ms(2), new Uint8Array(400));
    expect(send.map(({ payload }) => payload.length)).toEqual([100]);
    const next = client.receive(ms(3), from(ACK, 1, 101, { window: 1000 }));
    expect(next.send.map(({ payload }) => payload.length)).toEqual([100, 100, 100]);
  });

  it('sends again after a timeout, with more and more patience, from the first byte missing', () => {
    const client = inPhase('established');
    client.write(ms(2), text('hello'));
    const again = client.timer(client.deadline);
    expect(again.send).toMatchObject([{ sequence: 1001, payload: text('hello') }]);
    const first = client.deadline;
    client.timer(first);
    expect(client.deadline - first).toBe(milliseconds(800));
    client.receive(instant(first + 1), from(ACK, 1, 6));
    expect(client.deadline).toBe(NEVER);
  });

  it('gives up after ten, and says so to the peer', () => {
    const client = inPhase('established');
    client.write(ms(2), text('hello'));
    let last = client.timer(client.deadline);
    while (client.ending === undefined) last = client.timer(client.deadline);
    expect([client.ending, flags(last)]).toEqual(['timed-out', ['RST ACK']]);
  });

  it('does nothing when its timer comes early', () => {
    const client = inPhase('established');
    client.write(ms(2), text('hello'));
    const before = client.save();
    expect(client.timer(ms(3)).send).toEqual([]);
    expect(client.save()).toEqual(before);
  });

  it('probes a closed window for as long as it takes, byte by byte', () => {
    const client = inPhase('syn-sent');
    client.receive(ms(1), from(SYN | ACK, 0, 1, { window: 0 }));
    expect(client.write(ms(2), text('hello')).send).toEqual([]);
    for (let count = 0; count < 20; count++) {
      const at = client.deadline;
      expect(client.timer(at).send).toMatchObject([{ sequence: 1001, payload: text('h') }]);
      client.receive(instant(at + 1), from(ACK, 1, 1, { window: 0 }));
    }
    const { send } = client.receive(instant(client.deadline - 1), from(ACK, 1, 1));
    expect(send).toMatchObject([{ sequence: 1001, payload: text('hello') }]);
  });

  it('takes no acknowledgment of what it has not sent', () => {
    const client = inPhase('established');
    expect(flags(client.receive(ms(2), from(ACK, 1, 50)))).toEqual(['ACK']);
    expect(client.save().sender.acknowledged).toBe(1);
  });

  it('grows its congestion window by what is acknowledged, and halves it at a loss', () => {
    const client = inPhase('syn-sent');
    client.receive(ms(1), from(SYN | ACK, 0, 1, { segmentSize: 1000, window: 60_000 }));
    const sent = client.write(ms(2), new Uint8Array(20_000)).send.length;
    const more = client.receive(ms(3), from(ACK, 1, 2001, { window: 60_000 })).send.length;
    expect([sent, more]).toEqual([2, 3]);
    expect(client.timer(client.deadline).send.length).toBe(1);
    expect(client.save().sender).toMatchObject({ congestionWindow: 1000, threshold: 2000 });
  });
});

describe('TcpClient receiving', () => {
  const piece = (offset: number, content: string) =>
    from(ACK, offset, 1, { payload: text(content) });
  const received = (step: TcpStep) => new TextDecoder().decode(step.received);

  it('hands over in order what came in disorder, each byte once', () => {
    const client = inPhase('established');
    expect(received(client.receive(ms(2), piece(4, 'defg')))).toBe('');
    expect(received(client.receive(ms(3), piece(6, 'fghi')))).toBe('');
    expect(received(client.receive(ms(4), piece(1, 'abcd')))).toBe('abcdefghi');
    expect(received(client.receive(ms(5), piece(1, 'abcd')))).toBe('');
    expect(client.repeatedBytes).toBe(4);
  });

  it('acknowledges the first byte missing', () => {
    const client = inPhase('established');
    const early = client.receive(ms(2), piece(4, 'defg'));
    expect(early.send).toMatchObject([{ flags: ACK, acknowledgment: PEER + 1 }]);
    const whole = client.receive(ms(3), piece(1, 'abc'));
    expect(whole.send).toMatchObject([{ flags: ACK, acknowledgment: PEER + 8 }]);
  });

  it('takes nothing beyond its window, nor a FIN behind it', () => {
    const client = inPhase('established');
    const much = from(ACK | FIN, 1, 1, { payload: new Uint8Array(WINDOW + 10) });
    expect(client.receive(ms(2), much).received.length).toBe(WINDOW);
    expect(client.phase).toBe('established');
  });

  it('knows of a FIN that came early, when the gap before it is filled', () => {
    const client = inPhase('established');
    client.receive(ms(2), from(ACK | FIN, 4, 1, { payload: text('def') }));
    expect([client.phase, client.isPeerFinished]).toEqual(['established', false]);
    expect(received(client.receive(ms(3), piece(1, 'abc')))).toBe('abcdef');
    expect([client.phase, client.isPeerFinished]).toEqual(['close-wait', true]);
  });

  it('goes on taking text after it has closed', () => {
    const client = inPhase('fin-wait-2');
    expect(received(client.receive(ms(4), from(ACK, 1, 2, { payload: text('more') })))).toBe(
      'more',
    );
  });
});

describe('TcpClient closing', () => {
  it('sends its FIN behind the last byte, again if need be', () => {
    const client = inPhase('established');
    client.write(ms(2), text('bye'));
    expect(flags(client.close(ms(2)))).toEqual(['FIN ACK']);
    const again = client.timer(client.deadline);
    expect(flags(again)).toEqual(['FIN PSH ACK']);
  });

  it('passes through FIN-WAIT-1 into TIME-WAIT when one segment closes and acknowledges', () => {
    const client = inPhase('fin-wait-1');
    client.receive(ms(3), from(FIN | ACK, 1, 2));
    expect(client.phase).toBe('time-wait');
  });

  it('comes from CLOSING into TIME-WAIT, and from LAST-ACK to its end', () => {
    const both = inPhase('closing');
    both.receive(ms(4), from(ACK, 2, 2));
    expect(both.phase).toBe('time-wait');
    const second = inPhase('last-ack');
    second.receive(ms(4), from(ACK, 2, 2));
    expect([second.phase, second.ending]).toEqual(['closed', 'closed']);
  });

  it('waits in TIME-WAIT, anew after each FIN that comes again', () => {
    const client = inPhase('time-wait');
    expect(client.deadline).toBe(ms(2004));
    expect(flags(client.receive(ms(1000), from(FIN | ACK, 1, 2)))).toEqual(['ACK']);
    expect(client.deadline).toBe(ms(3000));
    client.timer(ms(3000));
    expect([client.phase, client.ending]).toEqual(['closed', 'closed']);
  });

  it('is over at once where there was no answer yet', () => {
    const client = inPhase('syn-sent');
    client.close(ms(1));
    expect(client.ending).toBe('closed');
  });
});

describe('resetFor', () => {
  it('answers who speaks to nobody so that he believes it, and never a reset', () => {
    expect(resetFor(from(ACK, 3, 9))).toMatchObject({ flags: RST, sequence: OWN + 9 });
    const data = from(SYN, 0, 0, { payload: text('abc') });
    expect(resetFor(data)).toMatchObject({ flags: RST | ACK, acknowledgment: PEER + 4 });
    expect(resetFor(from(RST, 0, 0))).toBeUndefined();
  });
});
