import { describe, expect, inject, it } from 'vitest';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

describe('the built page', () => {
  it('starts from a sub-path under its policy without an error', async () => {
    const { page, troubles } = await open();
    await page.locator('#app > *').first().waitFor();
    expect(troubles).toEqual([]);
    expect(await page.title()).toBe('VM Ferry');
  });

  it('refuses what the policy forbids: inline scripts, eval and foreign requests', async () => {
    const { page } = await open();
    const outcomes = await page.evaluate(async () => {
      const script = document.createElement('script');
      let inline = 'refused';
      try {
        script.textContent = 'document.title = "ran"';
        document.head.append(script);
        if (document.title === 'ran') inline = 'ran';
      } catch {
        // Trusted types throw before the policy is even asked.
      }
      const foreign = await fetch('https://example.org/').then(
        () => 'sent',
        () => 'refused',
      );
      return { inline, foreign };
    });
    expect(outcomes).toEqual({ inline: 'refused', foreign: 'refused' });
  });

  it('has its policy as the first element of head, no inline script and no absolute address', async () => {
    const html = await (await fetch(inject('site'))).text();
    expect(html).toMatch(/<head>\s*<meta\s+http-equiv="Content-Security-Policy"/);
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>/);
    expect(html).not.toMatch(/<style|\sstyle=|(?:src|href)="\//);
  });

  it('serves the guest programs beside itself', async () => {
    const response = await fetch(`${inject('site')}guests/muncher.elf`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect([...bytes.subarray(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
  });

  it('sends the policy as a header too, with who may frame it', async () => {
    const header = (await fetch(inject('site'))).headers.get('content-security-policy') ?? '';
    expect(header).toContain("default-src 'none'");
    expect(header).toContain("frame-ancestors 'self'");
  });
});
