/** From a linear address through the guest's page tables to its frame, and to machine memory on both hosts. */
import { useState } from 'preact/hooks';
import { hex32 } from '../../../base/hex.ts';
import type { WalkStep } from '../../../cpu/walk-steps.ts';
import { vmmName } from '../../strings/sentences.ts';
import { useStore } from '../../use-store.ts';
import { ByteView } from '../frames/byte-view.tsx';
import { type Look, numberIn, type PageInsight } from './look.ts';

interface WalkProps {
  readonly look: Look;
  onAddress(address: number | undefined): void;
}

export function Walk({ look, onAddress }: WalkProps) {
  const { walked, address, pages, memory } = look;
  return (
    <section class="machine-column" aria-labelledby="walk">
      <h3 id="walk">From an address to machine memory</h3>
      <AddressForm look={look} onAddress={onAddress} />
      <ol class="walk">
        <li>
          <b>Linear address</b> {hex32(address)}
        </li>
        {walked.paging === 'off' && (
          <li>
            <b>Paging is off</b> (CR0.PG = 0): the linear address is the guest-physical one
          </li>
        )}
        {walked.paging !== 'off' && (
          <li>
            <b>CR3</b> {hex32(numberIn(look.registers, 'cr3'))}, {walked.paging}
          </li>
        )}
        {walked.steps.map((step) => (
          <li key={step.entry}>{stepText(step)}</li>
        ))}
        {walked.gfn === undefined ? (
          <li class="bad">{walked.trouble}</li>
        ) : (
          <li>
            <b>Guest frame</b> (gfn) {walked.gfn}, guest-physical{' '}
            {hex32(walked.gfn * 0x1000 + (address & 0xfff))}
          </li>
        )}
        {pages?.map((page, party) => (
          <HostFrame
            key={party === 0 ? 'a' : 'b'}
            page={page}
            party={party === 0 ? 0 : 1}
            offset={address & 0xfff}
          />
        ))}
      </ol>
      <h3>Memory there</h3>
      {memory.bytes.length === 0 ? (
        <p class="aside">It is no RAM, or has not arrived.</p>
      ) : (
        <ByteView
          label={`Bytes from ${hex32(memory.linear)}`}
          bytes={memory.bytes}
          base={memory.linear}
          marked={{ from: address - memory.linear, to: address - memory.linear + 4 }}
        />
      )}
    </section>
  );
}

function stepText({ entry, index, at, low, high, flags, large }: WalkStep) {
  const value = high === undefined ? hex32(low) : `${hex32(high)}${hex32(low)}`;
  return (
    <>
      <b>{entry}</b> number {index} at guest-physical {hex32(at)} is {value}:{' '}
      {flags || 'no bit set'}
      {large && ', maps a large page itself'}
    </>
  );
}

interface HostFrameProps {
  readonly page: PageInsight | undefined;
  readonly party: 0 | 1;
  readonly offset: number;
}

/** What a VMM makes of a guest frame: the Xen-like one looks it up, the KVM-like one adds. */
function HostFrame({ page, party, offset }: HostFrameProps) {
  const hosts = useStore((state) => state.scenario.hosts);
  const kind = party === 0 ? hosts.source : hosts.destination;
  const name = `${vmmName(kind)} host ${party === 0 ? 'A' : 'B'}`;
  if (page === undefined)
    return (
      <li>
        <b>{name}</b>: the VM has no memory here, or this frame is no RAM
      </li>
    );
  const { gfn, mfn } = page;
  const way =
    kind === 'xen'
      ? `P2M[${gfn}] = machine frame ${mfn}`
      : `slot from frame ${mfn - gfn}: ${mfn - gfn} + ${gfn} = machine frame ${mfn}`;
  return (
    <li>
      <b>{name}</b>: {way}, byte {hex32(mfn * 0x1000 + offset)} of its memory;{' '}
      {page.missing && 'not arrived; '}
      {page.dirty ? 'in the dirty log' : 'not in the dirty log'}
      {page.tlb && `; ${tlbText(page.tlb)}`}
    </li>
  );
}

/** The emulated processor's; where a VM arrives, or time is taken back, it begins empty. */
function tlbText({ read, write }: NonNullable<PageInsight['tlb']>): string {
  if (write) return 'its TLB holds the page, to read and write';
  return read
    ? 'its TLB holds the page to read: a write asks the host first'
    : 'not in its TLB: the next access walks the tables';
}

function AddressForm({ look, onAddress }: WalkProps) {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const at = (base: string, name: string) =>
    (numberIn(look.registers, base) + numberIn(look.registers, name)) >>> 0;
  const go = () => {
    const found = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(text.trim());
    setWrong(found === null);
    if (found) onAddress(Number.parseInt(found[1], 16));
  };
  return (
    <form
      class="address"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <label>
        Linear address, hex{' '}
        <input
          value={text}
          placeholder={hex32(look.address)}
          maxLength={10}
          spellcheck={false}
          autocomplete="off"
          aria-invalid={wrong}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Walk</button>
      <button type="button" onClick={() => onAddress(undefined)}>
        Follow EIP
      </button>
      <button type="button" onClick={() => onAddress(at('ss.base', 'esp'))}>
        ESP
      </button>
      {wrong && (
        <p class="bad" role="alert">
          “{text}” is no address: write up to eight hex digits, such as 00101000.
        </p>
      )}
    </form>
  );
}
