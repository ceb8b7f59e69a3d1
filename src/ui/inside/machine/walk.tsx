/** From a linear address through the guest's page tables to its frame, and to machine memory on both hosts. */

import { useState } from 'preact/hooks';
import { hex32 } from '../../../base/hex.ts';
import type { WalkStep } from '../../../cpu/walk-steps.ts';
import { rich } from '../../kit/rich.tsx';
import * as words from '../../strings/machine.ts';
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
      <h3 id="walk">{words.fromAddress}</h3>
      <AddressForm look={look} onAddress={onAddress} />
      <ol class="walk">
        <li>
          <b>{words.linearAddress}</b> {hex32(address)}
        </li>
        {walked.paging === 'off' && (
          <li>{rich(words.pagingOff, { paging: <b>{words.pagingIsOff}</b> })}</li>
        )}
        {walked.paging !== 'off' && (
          <li>
            <b>{words.cr3}</b> {hex32(numberIn(look.registers, 'cr3'))}, {walked.paging}
          </li>
        )}
        {walked.steps.map((step) => (
          <li key={step.entry}>{stepText(step)}</li>
        ))}
        {walked.gfn === undefined ? (
          <li class="bad">{walked.trouble}</li>
        ) : (
          <li>
            {rich(words.guestFrame, {
              name: <b>{words.guestFrameName}</b>,
              gfn: walked.gfn,
              address: hex32(walked.gfn * 0x1000 + (address & 0xfff)),
            })}
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
      <h3>{words.memoryThere}</h3>
      {memory.bytes.length === 0 ? (
        <p class="aside">{words.noRam}</p>
      ) : (
        <ByteView
          label={words.bytesFrom(hex32(memory.linear))}
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
      {rich(words.step, {
        entry: <b>{entry}</b>,
        index,
        at: hex32(at),
        value,
        flags: flags || words.noBitSet,
        large: large && words.mapsLarge,
      })}
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
  const name = words.hostName(vmmName(kind), party === 0 ? 'A' : 'B');
  if (page === undefined) return <li>{rich(words.noMemoryHere, { host: <b>{name}</b> })}</li>;
  const { gfn, mfn } = page;
  const way = kind === 'xen' ? words.p2m(gfn, mfn) : words.slot(mfn - gfn, gfn, mfn);
  return (
    <li>
      {rich(words.hostFrame, {
        host: <b>{name}</b>,
        way,
        byte: hex32(mfn * 0x1000 + offset),
        arrived: page.missing && words.notArrived,
        log: page.dirty ? words.inDirtyLog : words.notInDirtyLog,
        tlb: page.tlb && `; ${tlbText(page.tlb)}`,
      })}
    </li>
  );
}

/** The emulated processor's; where a VM arrives, or time is taken back, it begins empty. */
function tlbText({ read, write }: NonNullable<PageInsight['tlb']>): string {
  if (write) return words.tlbWrite;
  return read ? words.tlbRead : words.tlbNone;
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
        {words.linearAddressHex}{' '}
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
      <button type="submit">{words.walk}</button>
      <button type="button" onClick={() => onAddress(undefined)}>
        {words.followEip}
      </button>
      <button type="button" onClick={() => onAddress(at('ss.base', 'esp'))}>
        {words.esp}
      </button>
      {wrong && (
        <p class="bad" role="alert">
          {words.noLinearAddress(text)}
        </p>
      )}
    </form>
  );
}
