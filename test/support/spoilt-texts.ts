/** Finds texts that a reader cannot read where they stand. */
import type { Page } from 'playwright';

/** Texts in sight that lie beyond the page's edge, in a box too small for them, or below something else. */
export const spoiltTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const spoilt: string[] = [];
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
      const text = node.nodeValue?.trim() ?? '';
      const owner = node.parentElement;
      // The drawing of time has its own places for words, and a closed list shows what fits; what is
      // on the link changes all the time in a room that is kept, and stands in the log as a whole.
      if (
        text === '' ||
        owner === null ||
        owner.closest('svg, option, .sr, .skip, .link-load, .message')
      )
        continue;
      // Meant for ears alone.
      if (!owner.checkVisibility() || getComputedStyle(owner).clipPath !== 'none') continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      // A radio button lies, unseen, over its own words.
      const whole = owner.closest('label') ?? owner;
      for (const { left, right, top, bottom } of range.getClientRects()) {
        if (right - left < 2 || bottom > innerHeight || top < 0) continue;
        const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        // The playback bar is one row, swiped where it is wider than the page.
        if (owner.closest('.transport') && (left < 0 || right > innerWidth)) continue;
        if (left < 0 || right > innerWidth) spoilt.push(`beyond the edge: ${text}`);
        // What scrolls out of a box is reached by scrolling; what is hidden in one is lost.
        else if (
          hit &&
          !hit.contains(owner) &&
          !whole.contains(hit) &&
          !scrolledAway(owner, bottom)
        )
          spoilt.push(`below ${hit.className || hit.tagName}: ${text}`);
      }
      const style = getComputedStyle(owner);
      if (style.overflowX === 'hidden' && owner.scrollWidth > owner.clientWidth + 1)
        spoilt.push(`cut: ${text}`);
    }
    return spoilt;

    function scrolledAway(element: Element, bottom: number): boolean {
      const box = element.closest('.left, .controls')?.getBoundingClientRect();
      return box !== undefined && (bottom > box.bottom || bottom < box.top);
    }
  });
