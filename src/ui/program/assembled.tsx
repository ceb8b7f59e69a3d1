/** What the assembler made of a program: its bytes, or what is wrong with it. */

import type { Program } from '../../asm/assemble.ts';
import { listingText } from '../../asm/listing.ts';
import type { Problem } from '../../asm/problem.ts';
import { hex32 } from '../../base/hex.ts';
import * as words from '../strings/program.ts';

interface ProblemsProps {
  readonly problems: readonly Problem[];
  onChoose(problem: Problem): void;
}

export function Problems({ problems, onChoose }: ProblemsProps) {
  return (
    <section aria-labelledby="problems">
      <h3 id="problems">{words.nothingAssembled(problems.length)}</h3>
      <ol class="problems">
        {problems.map((problem) => (
          <li key={`${problem.line}:${problem.column}:${problem.what}`}>
            <button type="button" class="quiet" onClick={() => onChoose(problem)}>
              {words.place(problem.line, problem.column)}
            </button>
            <p>
              <b>{problem.what}</b>: {problem.why}. <i>{words.advice(problem.advice)}</i>
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function Assembled({ program }: { readonly program: Program }) {
  const { sections, entry } = program;
  return (
    <section aria-labelledby="assembled">
      <h3 id="assembled">{words.assembled}</h3>
      <ul class="sections">
        {sections.map(({ name, address, size }) => (
          <li key={name}>
            <code>{name}</code> {words.sectionAt(size, hex32(address))}
          </li>
        ))}
        <li>{words.beginsAt(hex32(entry))}</li>
      </ul>
      <details>
        <summary>{words.listing}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
        <pre class="listing" tabIndex={0}>
          {listingText(program)}
        </pre>
      </details>
    </section>
  );
}
