import { describe, expect, it } from 'vitest';
import { readProjectFile } from './sources.ts';

const page = readProjectFile('index.html');
const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1] ?? '';
const directives = new Map(
  policy.split(';').map((directive) => {
    const [name = '', ...sources] = directive.trim().split(/\s+/);
    return [name, sources] as const;
  }),
);

describe('the content security policy', () => {
  it('is the first element of the page’s head', () => {
    expect(page).toMatch(/<head>\s*<meta\s+http-equiv="Content-Security-Policy"/);
  });

  it('forbids everything that is not listed, and lists nothing unsafe', () => {
    expect(directives.get('default-src')).toEqual(["'none'"]);
    expect(policy).not.toMatch(/'unsafe-(inline|eval|hashes)'|\*|https?:/);
  });

  it('runs scripts and workers from the page’s own files only, through trusted types', () => {
    expect(directives.get('script-src')).toEqual(["'self'", "'wasm-unsafe-eval'"]);
    expect(directives.get('worker-src')).toEqual(["'self'"]);
    expect(directives.get('require-trusted-types-for')).toEqual(["'script'"]);
    expect(directives.get('trusted-types')).toEqual(['vm-ferry']);
  });

  it('needs no inline script, style or handler in the page', () => {
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=/);
  });
});
